"""The cost of a page fitted to how busy the running server was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topology.capacity.parts import PAGE, cluster, foreseen, plan, tier, work
from topology.capacity import Today
from topology.capacity.calibration import Fit, fit
from topology.demands import PAGE_APP, PAGE_DATABASE
from topology.value import estimate
from topology.workload import RequestClass, Workload

TOGETHER = tier("all", [{"web": {"file_ms": 1}}, "app", "rows"])
APART = (tier("web", ["web", "app"]), tier("db", ["rows"]))
GUESSED = {"page": {"share": 0.5}, "static": {"share": 0.5}}


def seen(cpu: float, rate: float = 20, **more: Any) -> dict[str, Any]:
    return {"cpu_share": cpu, "requests_per_second": rate, **more}


def fitted(observed: dict[str, Any], *tiers: dict[str, Any], classes: Any = GUESSED, **more: Any) -> Fit:
    workload = work(20, classes=classes, observed=observed, **more)
    return fit(cluster(plan(*(tiers or (TOGETHER,))), workload), workload)


def cost(item: RequestClass) -> float:
    """App and database CPU of a class, in milliseconds."""
    assert item.app_cpu_ms is not None
    assert item.database_cpu_ms is not None
    return float(estimate(item.app_cpu_ms).mid + estimate(item.database_cpu_ms).mid)


def today(found: Fit) -> Today:
    assert found.today is not None
    return found.today


def test_the_page_costs_what_the_observation_leaves_for_it() -> None:
    found = fitted(seen(0.35))

    # 35 % of two cores at 20/s is 35 ms a request; half of them are files of 1 ms, so a page costs 69 ms.
    assert cost(found.workload.classes["page"]) == pytest.approx(69)


def test_the_forecast_of_the_observed_server_then_agrees() -> None:
    answer = today(fitted(seen(0.35)))

    assert answer.predicted_cpu.value == pytest.approx(0.35)
    assert answer.predicted_cpu.low == pytest.approx(0.35 * 0.9)
    assert answer.predicted_cpu.high == pytest.approx(0.35 * 1.1)
    assert "We predict 35 % CPU at 20 requests/s on 2 cores; you saw 35 %." in answer.says
    # The table's page costs 14 ms, a file here 1 ms: 15 % of two cores at half of 20/s each... 7.5 %.
    assert "69 ms of CPU for that; the table alone would have predicted 7.5 %" in answer.says


def test_python_and_database_keep_the_tables_proportion_within_a_wide_band() -> None:
    page = fitted(seen(0.35)).workload.classes["page"]

    app, database = estimate(page.app_cpu_ms or 0), estimate(page.database_cpu_ms or 0)
    assert app.mid / database.mid == pytest.approx(PAGE_APP.mid / PAGE_DATABASE.mid)
    assert (app.basis, database.basis) == ("measured", "default")
    assert app.source.startswith("fitted by the utilisation law from 35 % CPU at 20 requests/s")
    assert database.low < 0.06 * 69 < 0.39 * 69 < database.high


def test_one_server_is_known_well_and_two_are_not() -> None:
    workload = work(20, classes=GUESSED, observed=seen(0.35))

    together, apart = foreseen(TOGETHER, workload=workload), foreseen(*APART, workload=workload)

    spread = together.capacity_rps.high / together.capacity_rps.low
    assert together.capacity_rps.value == pytest.approx(20 / 0.35)
    assert spread == pytest.approx(1.1 / 0.9)
    assert apart.capacity_rps.high / apart.capacity_rps.low > 1.5
    assert any("cannot tell Python from the database" in note for note in apart.notes)


def test_an_observation_takes_the_guess_out_of_the_answer() -> None:
    guessed = foreseen(TOGETHER, workload=work(20, classes=GUESSED))
    measured = foreseen(TOGETHER, workload=work(20, classes=GUESSED, observed=seen(0.35)))

    assert guessed.guessed_share > 0.8
    assert measured.guessed_share == 0
    assert guessed.today is None
    assert measured.today is not None


def test_every_stage_of_a_site_rests_on_the_same_fit() -> None:
    observed = seen(0.35, cores=4)
    balanced = (tier("lb", [{"balancer": {"cpu_ms": 0.1}}]), tier("web", ["web", "app"], count=3), tier("db", ["rows"]))

    one, three = fitted(observed, tier("all", ["web", "app", "rows"])), fitted(observed, *balanced)

    assert cost(one.workload.classes["page"]) == pytest.approx(cost(three.workload.classes["page"]))


@pytest.mark.parametrize(
    ("machine", "cores"), [({"server_type": "four"}, 4), ({"cores": 8}, 8), ({}, 2), ({"server_type": "large"}, 8)]
)
def test_the_observed_machine_is_the_named_one(machine: dict[str, Any], cores: int) -> None:
    found = fitted(seen(0.35, **machine), tier("web", ["web", "app", "rows"]))

    assert cost(found.workload.classes["page"]) == pytest.approx(2 * 0.35 * cores / 20 * 1000)


def test_without_a_machine_named_it_is_the_first_that_runs_the_code() -> None:
    tiers = (tier("lb", ["balancer"], type="one"), tier("web", ["web", "app"], type="four"), tier("db", ["rows"]))

    assert cost(fitted(seen(0.35), *tiers).workload.classes["page"]) == pytest.approx(140)


def test_what_a_person_gave_is_kept_and_the_observation_only_checks_it() -> None:
    found = fitted(seen(0.35), classes={"page": PAGE})

    assert found.workload.classes["page"].app_cpu_ms == RequestClass.model_validate_json(_json(PAGE)).app_cpu_ms
    assert today(found).predicted_cpu.value == pytest.approx(0.65)
    assert "the table alone" not in today(found).says


def test_only_what_is_open_is_fitted() -> None:
    page = {"share": 1, "database_cpu_ms": 5}

    found = fitted(seen(0.35), classes={"page": page})

    item = found.workload.classes["page"]
    assert item.database_cpu_ms == 5
    assert estimate(item.app_cpu_ms or 0).mid == pytest.approx(30)
    assert estimate(item.app_cpu_ms or 0).low == pytest.approx(35 * 0.9 - 5)


def test_fitting_twice_changes_nothing() -> None:
    once = fitted(seen(0.35)).workload
    twice = fit(cluster(plan(TOGETHER), once), once).workload

    assert cost(twice.classes["page"]) == pytest.approx(cost(once.classes["page"]))


def test_the_workload_survives_its_document() -> None:
    once = fitted(seen(0.35)).workload

    assert Workload.model_validate_json(once.model_dump_json(exclude_unset=True)) == once


def test_files_that_alone_exceed_what_was_seen_cannot_be_fitted() -> None:
    files = {"page": {"share": 0.01}, "static": {"share": 0.99}}

    found = fitted(seen(0.005), classes=files)

    assert found.workload.classes["page"].app_cpu_ms is None
    assert "files and proxying alone would keep the server 1 % busy" in found.notes[0]
    assert today(found).observed_cpu == 0.005
    assert today(found).predicted_cpu.value > 0.005


def test_a_site_of_files_has_nothing_to_fit() -> None:
    found = fitted(seen(0.35), classes={"static": {"share": 1}})

    assert found.notes == ()
    assert today(found).predicted_cpu.value == pytest.approx(0.01)


def test_an_application_that_costs_nothing_has_nothing_to_fit() -> None:
    found = fitted(seen(0.35), tier("all", [{"web": {"page_ms": 1}}, {"app": {"free": True}}]))

    assert "the costs that it could settle do not arise on one server" in found.notes[0]


def test_a_cost_that_no_site_has_is_doubted() -> None:
    found = fitted(seen(0.9, rate=1, cores=8), classes={"page": {"share": 1}})

    assert any("a dynamic request costs 7,200 ms of CPU, outside the 2.3 to 72 ms" in note for note in found.notes)


def test_a_machine_that_is_not_known_is_named() -> None:
    found = fitted(seen(0.35, server_type="nosuch"))

    assert found.today is None
    assert "no server type is called nosuch" in found.notes[0]


def test_memory_is_compared_too() -> None:
    assert "Memory: we predict 250 MiB in use; you saw 900 MiB." in today(fitted(seen(0.35, ram_used_mib=900))).says


@given(cpu=st.floats(0.05, 1), rate=st.floats(0.1, 1000), cores=st.integers(1, 64))
def test_the_fit_always_gives_back_what_was_seen(cpu: float, rate: float, cores: int) -> None:
    found = fitted(seen(cpu, rate, cores=cores), tier("all", ["web", "app", "rows"]))

    assert today(found).predicted_cpu.value == pytest.approx(cpu)
    assert today(found).predicted_cpu.low <= cpu <= today(found).predicted_cpu.high


def _json(data: Any) -> str:
    import json

    return json.dumps(data)
