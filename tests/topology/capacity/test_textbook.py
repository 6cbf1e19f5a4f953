"""Textbook cases against what was published, each with its source in its own file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from topology.capacity import parse_case, solve_case
from topology.errors import TierwrightError

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.json") if not path.stem.endswith(".expected"))


def _marked(name: str) -> Any:
    """The name; a case that is simulated takes seconds."""
    return pytest.param(name, marks=pytest.mark.slow) if "layered" in name else name


def load(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def at(answer: dict[str, Any], path: str) -> float:
    """The number at a path of keys; a key may itself hold a point, such as a percentile's."""
    found: Any = answer
    rest = path
    while rest:
        key = max((key for key in found if rest == key or rest.startswith(f"{key}.")), key=len)
        found, rest = found[key], rest[len(key) + 1 :]
    assert isinstance(found, int | float), path
    return float(found)


@pytest.mark.parametrize("name", [_marked(name) for name in NAMES])
def test_published_digits(name: str) -> None:
    case, expected = load(name), load(f"{name}.expected")
    assert case["source"]

    answer = solve_case(case)

    assert answer["model"] == case["model"]
    measured = expected.pop("measured", None)
    for path, published in expected.items():
        assert at(answer, path) == pytest.approx(published["value"], abs=published["within"], rel=0), path
    if measured:
        assert at(answer, measured["path"]) == pytest.approx(measured["value"], rel=measured["share"])


MMC: dict[str, Any] = {"model": "mmc", "arrival_rate": 1, "service_rate": 2, "servers": 1}
USER: dict[str, Any] = {"name": "u", "population": 3, "service_time": {"a": 1}}
CLOSED: dict[str, Any] = {"model": "closed_network", "stations": [{"name": "a"}], "classes": [USER]}
COMER: dict[str, Any] = {"name": "u", "arrival_rate": 0.5, "service_time": {"a": 1}}
OPEN: dict[str, Any] = {"model": "open_network", "stations": [{"name": "a"}], "classes": [COMER]}
UNIT: dict[str, Any] = {"name": "u", "mtbf": 10, "mttr": 1}
MG1: dict[str, Any] = {"model": "mg1", "arrival_rate": 0.5, "mean_service": 1, "scv": 1}


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (None, "a case is a mapping of keys"),
        ({}, "model: say which model this is: one of mmc, mg1, open_network"),
        ({"model": ["mmc"]}, "model: say which model this is"),
        ({**MMC, "servrs": 1}, 'servrs: the key "servrs" is not known here; did you mean servers?'),
        ({**MMC, "arrival_rate": float("nan")}, "arrival_rate: this must be a finite number"),
        ({**MMC, "arrival_rate": 10**400}, "arrival_rate: this must be a finite number"),
        ({**MMC, "arrival_rate": -1}, "arrival_rate: this must be 0 or more"),
        ({**MMC, "arrival_rate": True}, "arrival_rate: this must be a number"),
        ({**MMC, "arrival_rate": 1e9}, "arrival_rate: saturated: 1e+09 arrive where 2 can be served, 5e+10 % of what"),
        ({**MMC, "arrival_rate": 2}, "arrival_rate: saturated: 2 arrive where 2 can be served, 100 % of what there is"),
        ({**MMC, "servers": 0}, "servers: this must be 1 or more"),
        ({**MMC, "servers": 1.5}, "servers: this must be a whole number"),
        ({**MMC, "servers": 10**9}, "servers: this must be 1e+06 or less"),
        ({**MMC, "service_rate": 0}, "service_rate: this must be above 0"),
        ({**MMC, "servers": 3, "capacity": 2}, "capacity: the capacity counts those in service too"),
        ({**MMC, "percentiles": [95]}, "percentiles[0]: this must be below 1"),
        ({**MG1, "arrival_rate": 1}, "arrival_rate: saturated"),
        ({**MG1, "scv": -1}, "scv: this must be 0 or more"),
        ({**CLOSED, "stations": []}, "stations: this must have a length of 1 or more"),
        ({**CLOSED, "stations": [{"name": "a", "servers": 0}]}, "stations[0].servers: this must be 1 or more"),
        ({**CLOSED, "stations": [{"name": "a\x1b[31m"}]}, "stations[0].name: remove control characters"),
        ({**CLOSED, "stations": [{"name": "a", "server": 2}]}, "did you mean servers?"),
        ({**CLOSED, "stations": [{"name": "a", "servers": 2, "discipline": "lcfs"}]}, "product form with one server"),
        ({**CLOSED, "stations": [{"name": "a"}] * 2}, "stations[1].name: this name is taken"),
        ({**CLOSED, "classes": []}, "classes: this must have a length of 1 or more"),
        ({**CLOSED, "classes": [USER, USER]}, "classes[1].name: this name is taken"),
        ({**CLOSED, "classes": [{**USER, "population": -1}]}, "classes[0].population: this must be 0 or more"),
        ({**CLOSED, "classes": [{**USER, "service_time": {"b": 1}}]}, "classes[0].service_time.b: there is no station"),
        ({**CLOSED, "classes": [{**USER, "service_time": {"a": 0}}]}, "classes: u takes no time anywhere"),
        ({**CLOSED, "classes": [{**USER, "service_time": {}, "visits": {"a": 1}}]}, "needs a service time"),
        ({**CLOSED, "method": "magic"}, "method: this should be 'exact'"),
        (
            {**CLOSED, "classes": [{**USER, "name": f"u{n}", "population": 99} for n in range(6)]},
            "method: an exact answer would visit 1e+12 populations at 1 stations",
        ),
        (
            {**OPEN, "classes": [{**COMER, "arrival_rate": 2.5}]},
            "classes: saturated: a is asked for 250 % of what its server can do; it would take 3 servers there, or"
            " fewer arrivals than 0.4 times these",
        ),
        ({"model": "availability", "units": []}, "units: this must have a length of 1 or more"),
        ({"model": "availability", "units": [{**UNIT, "mtbf": 0}]}, "units[0].mtbf: this must be above 0"),
        ({"model": "availability", "units": [{**UNIT, "needed": 2}]}, "units[0].needed: 2 are needed, but there are"),
        ({"model": "availability", "units": [{**UNIT, "crews": 0}]}, "units[0].crews: this must be 1 or more"),
        ({"model": "availability", "units": [UNIT, UNIT]}, "units: two units have the same name"),
        ({"model": "usl", "loads": [1, 2, 2], "throughputs": [1, 2, 3]}, "loads: three unknowns need"),
        ({"model": "usl", "loads": [1, 2, 3, 4], "throughputs": [1, 2, 3]}, "loads: there must be as many throughputs"),
        ({"model": "usl", "loads": [1, 2, 3], "throughputs": [0, 0, 0]}, "one must be above 0"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_with_its_place(case: Any, says: str) -> None:
    with pytest.raises(TierwrightError) as caught:
        solve_case(case)

    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: this is no JSON"),
        ('{"model": NaN}', "NaN is no number"),
        ('{"model": "mmc", "model": "usl"}', "model: this key is there twice"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe", "this is no text in UTF-8"),
        ("9" * 5000, "too many digits"),
    ],
)
def test_text_that_is_no_case_is_refused(text: str | bytes, says: str) -> None:
    with pytest.raises(TierwrightError) as caught:
        parse_case(text)

    assert says in str(caught.value)


@pytest.mark.parametrize(
    "case",
    [
        {**MMC, "arrival_rate": 1e9, "service_rate": 2e9},
        {**MMC, "arrival_rate": 1e9, "capacity": 5000},
        {**MMC, "arrival_rate": 0},
        {**MMC, "arrival_rate": 900, "service_rate": 1, "servers": 1000, "capacity": 1000},
        {**CLOSED, "classes": [{**USER, "population": 1_000_000, "think_time": 10}]},
        {**CLOSED, "classes": [{**USER, "population": 10_000_000, "think_time": 10}], "method": "approximate"},
        {**CLOSED, "classes": [{**USER, "service_time": {"a": 1e-12}, "think_time": 1e12}]},
        {**CLOSED, "classes": [{**USER, "population": 0}]},
        {**OPEN, "classes": [{**COMER, "arrival_rate": 0}]},
        {"model": "availability", "units": [{**UNIT, "mttr": 1e9, "count": 1000}]},
        {"model": "usl", "loads": [1, 2, 3], "throughputs": [1, 4, 9]},
        {"model": "usl", "loads": [1, 2, 3], "throughputs": [9, 4, 1]},
    ],
)
def test_extreme_cases_have_finite_answers(case: dict[str, Any]) -> None:
    json.dumps(solve_case(case), allow_nan=False)


def test_nobody_has_no_response() -> None:
    answer = solve_case({**CLOSED, "classes": [USER, {**USER, "name": "nobody", "population": 0}]})

    assert answer["throughput"]["nobody"] == 0
    assert answer["response"] == {"u": pytest.approx(3), "nobody": None}
    assert answer["bounds"]["response"]["nobody"] is None


def test_answers_by_name_are_there_twice_and_agree() -> None:
    answer = solve_case(load("14_lazowska_142"))

    assert answer["response"] == {name: item["response"] for name, item in answer["classes"].items()}
    assert answer["utilisation"] == {name: item["utilisation"] for name, item in answer["stations"].items()}
    assert answer["bounds"]["throughput"]["a"]["low"] <= 3 / 19 <= answer["bounds"]["throughput"]["a"]["high"]


def test_without_visits_each_station_with_a_service_time_is_visited_once() -> None:
    written = solve_case({**CLOSED, "classes": [{**USER, "visits": {"a": 1}}]})

    assert solve_case(CLOSED)["throughput"] == written["throughput"]


def test_what_is_not_product_form_says_so() -> None:
    slow = {**COMER, "name": "slow", "arrival_rate": 0.1, "service_time": {"a": 3}}

    answer = solve_case({**OPEN, "stations": [{"name": "a", "discipline": "fcfs"}], "classes": [COMER, slow]})

    assert answer["class"] == "approximate"
    assert answer["notes"][0].startswith("a serves first come, first served")


def test_a_variance_that_the_input_does_not_tell_is_null() -> None:
    answer = solve_case({**MG1, "scv": 4})

    assert answer["response_variance"] is None
    assert "response_variance is null" in answer["notes"][0]


def test_a_law_without_a_peak_says_so() -> None:
    answer = solve_case(load("usl_raytracer"))

    assert (answer["peak_load"], answer["peak_throughput"]) == (None, None)
    assert answer["notes"] == ["there is no peak: the closest fit has beta 0, so throughput comes near to limit"]


def test_a_layered_model_is_simulated_around_the_exact_answer() -> None:
    # As many threads as users, so that nobody waits for one: a closed network of one station.
    task = {"name": "web", "threads": 3, "runs_on": "cpu", "demand": 4}
    layered = {
        "model": "layered",
        "time_unit": "ms",
        "users": {"population": 3, "think_time": 15, "calls": {"web": 1}},
        "processors": {"cpu": "processor sharing, 1 core"},
        "tasks": [task],
    }
    flat = {**CLOSED, "classes": [{**USER, "think_time": 15, "service_time": {"a": 4}}]}

    answer, exact = solve_case(layered), solve_case(flat)

    assert (answer["model"], answer["class"]) == ("layered", "simulated")
    for key, true in (("throughput", exact["throughput"]["u"]), ("response", exact["response"]["u"])):
        assert answer[key]["low"] <= true <= answer[key]["high"]
    assert answer["utilisation"]["cpu"]["value"] == pytest.approx(exact["utilisation"]["a"], rel=0.02)
