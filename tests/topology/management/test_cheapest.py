"""`manage.py cheapest`: the cheapest topology, for people and for machines."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from topology import document
from topology.capacity import forecast
from topology.components import catalogue

WORKLOAD = """
peak_requests_per_second: {rate}
classes: {{page: {{share: 0.1}}, static: {{share: 0.6}}, media: {{share: 0.3}}}}
"""
TYPES = "name,cores,ram_mib,network_mbit,price_month\nlittle,1,2048,500,10\nbig,8,16384,4000,70\n"
PLAN = """
tierwright: 1
name: shop
currency: EUR
sites: [{name: shop, domains: [shop.example.com]}]
server_types:
  cx: {cores: 2, ram_mib: 4096, network_mbit: 1000, price_month: 6}
  cy: {cores: 8, ram_mib: 16384, network_mbit: 4000, price_month: 29}
tiers:
  - {name: front, servers: [{name: anna, type: cx, address: 10.0.0.77}], roles: [nginx, gunicorn, postgresql]}
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved workload."""
    return _workload(tmp_path_factory.mktemp("asked"), 350)


@pytest.fixture(scope="module")
def found(asked: Path) -> Any:
    """The answer for machines."""
    return json.loads(answer(*promise(asked), "--json"))


def _workload(folder: Path, rate: float) -> Path:
    path = folder / "workload.yaml"
    path.write_text(WORKLOAD.format(rate=rate), encoding="utf-8")
    return path


def promise(workload: Path, **changes: object) -> list[str]:
    """The arguments that every search has."""
    options = {"workload": workload, "p95": 100, "availability": 0.998, "headroom": 0.5, **changes}
    return [f"--{name}={value}" for name, value in options.items()]


def answer(*arguments: str) -> str:
    out = StringIO()
    call_command("cheapest", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def ended(*arguments: str) -> tuple[int, str, str]:
    """Exit code, result and messages of a search that does not end well."""
    out, said = StringIO(), StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("cheapest", *arguments, stdout=out, stderr=said)
    assert isinstance(caught.value.code, int)
    return caught.value.code, out.getvalue(), said.getvalue()


def test_the_json_has_the_promised_keys_and_a_plan_that_can_be_forecast(found: Any) -> None:
    assert {"winner", "front", "losers", "candidates", "relax"} <= set(found)
    assert {"plan", "cost_month", "latency_ms", "availability"} <= set(found["winner"])
    assert all({"plan", "why"} <= set(loser) for loser in found["losers"])
    assert found["relax"] is None
    assert found["winner"] == found["front"][0]
    plan = document.from_data(found["winner"]["plan"], catalogue=catalogue())
    again = forecast(plan)
    assert again.latency_ms["p95"].value == pytest.approx(found["winner"]["latency_ms"]["p95"]["value"])
    assert again.cost_month.amount == found["winner"]["cost_month"]["amount"]
    assert plan.promise is not None
    assert (plan.promise.p95_ms, plan.promise.availability, plan.promise.headroom) == (100, 0.998, 0.5)


def test_the_report_has_front_winner_losers_chance_and_what_to_measure(asked: Path) -> None:
    text = answer(*promise(asked))

    titles = (
        "Cheapest for a peak of 350",
        "*  single",
        "The cheapest: single",
        "Why not cheaper",
        "What to measure next",
    )
    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert "Everything promised holds in" in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_where_the_promise_holds_in_every_world_nothing_need_be_measured(tmp_path: Path) -> None:
    text = answer(*promise(_workload(tmp_path, 0.01), availability=0.9, p95=5000))

    assert "Nothing need be measured for this" in text


def test_the_written_plan_is_exported(found: Any, tmp_path: Path) -> None:
    plan = tmp_path / "winner.json"
    plan.write_text(json.dumps(found["winner"]["plan"]), encoding="utf-8")

    call_command(
        "export", str(plan), "-o", str(tmp_path / "bundle"), "--no-validate", stdout=StringIO(), stderr=StringIO()
    )

    assert (tmp_path / "bundle" / "manifest.json").is_file()


def test_nothing_feasible_ends_with_one_and_says_what_to_relax(asked: Path) -> None:
    code, text, _ = ended(*promise(asked, availability=0.9999))

    assert code == 1
    assert "Nothing is feasible" in text
    assert "the least change that makes something hold: availability 99.954 % instead of 99.99 %" in " ".join(
        text.split()
    )


def test_a_budget_below_every_price_says_so(asked: Path) -> None:
    code, text, _ = ended(*promise(asked, budget=1), "--json")

    found = json.loads(text)
    assert code == 1
    assert found["winner"] is None
    assert found["relax"]["constraint"] == "budget"
    assert json.loads(answer(*promise(asked, budget=found["relax"]["to"]), "--json"))["winner"] is not None


def test_a_table_of_types_is_used_with_its_currency(asked: Path, tmp_path: Path) -> None:
    table = tmp_path / "types.csv"
    table.write_text(TYPES, encoding="utf-8")

    found = json.loads(answer(*promise(asked, types=table, currency="EUR"), "--json"))

    assert found["winner"]["cost_month"] == {"amount": 20.0, "currency": "EUR"}
    assert set(found["winner"]["plan"]["server_types"]) == {"little"}


def test_a_plan_gives_site_servers_types_and_currency(asked: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN, encoding="utf-8")

    found = json.loads(answer(*promise(asked, plan=plan), "--json"))

    winner = found["winner"]["plan"]
    assert found["winner"]["cost_month"] == {"amount": 6.0, "currency": "EUR"}
    assert winner["sites"][0]["domains"] == ["shop.example.com"]
    assert winner["tiers"][0]["servers"] == [{"name": "anna", "type": "cx", "address": "10.0.0.77"}]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"p95": 0}, "promise more than 0 ms"),
        ({"p95": "nan"}, "promise more than 0 ms"),
        ({"availability": 1.0}, "no server never stops"),
        ({"headroom": 1}, "from 0 to below 1"),
        ({"budget": -5}, "a budget should be an amount above 0"),
        ({"currency": "EUR"}, "name the table too"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(asked: Path, changes: dict[str, object], sentence: str) -> None:
    code, _, said = ended(*promise(asked, **changes))

    assert code == 2
    assert sentence in said
    assert "Traceback" not in said


def test_a_billion_requests_a_second_say_what_could_be_carried(tmp_path: Path) -> None:
    code, text, _ = ended(*promise(_workload(tmp_path, 1e9)), "--json")

    found = json.loads(text)
    assert code == 1
    assert found["relax"]["constraint"] == "peak_requests_per_second"
    assert 0 < found["relax"]["to"] < 1e9
    assert "inf" not in text.lower().replace("info", "")
    assert "NaN" not in text
