"""What a change means, in numbers: rows, the sentence, dates and provenance."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.builders import newspaper
from topology.capacity import Number, forecast, outlook
from topology.design import Design
from topology.weighing import Weighing, stand, to_document, weigh

TODAY = date(2026, 11, 25)
WORKLOAD: dict[str, Any] = {
    "peak_requests_per_second": 60,
    "classes": {"page": {"share": 0.5}, "static": {"share": 0.5}},
    "observed": {"cpu_share": 0.4, "requests_per_second": 60},
    "growth_per_year": 0.5,
}
WEB: dict[str, Any] = {
    "name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"],
}  # fmt: skip
DATABASE: dict[str, Any] = {
    "name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql"],
}  # fmt: skip
BALANCER: dict[str, Any] = {"name": "balancer", "servers": {"count": 1, "type": "small"}, "roles": ["haproxy"]}


def site(*, web: int = 2, balancer: bool = True, **changes: Any) -> Design:
    tiers = [*([BALANCER] if balancer else []), WEB | {"servers": {"count": web, "type": "medium"}}, DATABASE]
    return newspaper(**{"workload": WORKLOAD, "tiers": tiers, **changes})


def weighed(before: Design | None, after: Design, **options: Any) -> Weighing:
    return weigh(before, after, today=TODAY, **options)


def test_a_change_is_told_in_one_sentence() -> None:
    found = weighed(site(web=1, balancer=False), site(web=3))

    head, figures = found.sentence.split(": ", 1)
    assert head == "+1 balancer, +2 web"
    assert "requests/s" in figures
    assert "USD a month; " in figures


def test_rows_hold_the_figures_of_the_two_forecasts() -> None:
    before, after = site(web=1), site(web=3)

    row = weighed(before, after).row("capacity")

    assert (row.before, row.after) == (forecast(before).capacity_rps, forecast(after).capacity_rps)
    assert row.better is True
    assert row.says == f"{row.was} to {row.now} requests/s"


@pytest.mark.parametrize(
    ("key", "better"),
    [("capacity", True), ("headroom", True), ("utilisation_peak", True), ("cost", False), ("single_points", None)],
)
def test_what_is_better_goes_by_the_figure(key: Any, better: bool | None) -> None:
    assert weighed(site(web=2), site(web=3)).row(key).better is better


def test_figures_that_stay_are_left_out_of_the_sentence() -> None:
    found = weighed(site(), site(notes="other notes"))

    assert found.sentence.startswith("No server and no figure changes; ")
    assert all(row.is_same for row in found.rows)


def test_nothing_changed_says_so() -> None:
    assert weighed(site(), site()).sentence.startswith("Nothing changes; ")


def test_nothing_changed_says_so_where_there_are_no_figures_either() -> None:
    silent = site(workload=None)

    assert weighed(silent, silent).sentence.startswith("Nothing changes; ")


@pytest.mark.parametrize("workload", [WORKLOAD, None])
def test_a_design_that_cannot_be_sized_is_a_risk(workload: Any) -> None:
    lonely = [WEB, DATABASE, {"name": "copy", "servers": {"count": 1, "type": "small"}, "roles": ["redis_replica"]}]

    found = weighed(site(balancer=False), site(tiers=lonely, workload=workload))

    assert [risk.check for risk in found.risks_open] == ["sound-design"]
    assert "no server has the role redis" in found.risks_open[0].says


def test_a_larger_type_is_a_change_of_servers() -> None:
    larger = [WEB | {"servers": {"count": 2, "type": "large"}}, DATABASE]

    found = weighed(site(balancer=False), site(tiers=larger))

    assert found.sentence.startswith("web from medium to large: ")


def test_what_was_observed_stays_where_it_was_observed() -> None:
    larger = [WEB | {"servers": {"count": 2, "type": "large"}}, DATABASE]
    named = {**WORKLOAD, "observed": {**WORKLOAD["observed"], "server_type": "medium"}}

    found = weighed(site(balancer=False), site(tiers=larger))

    said = weighed(site(balancer=False, workload=named), site(tiers=larger, workload=named))
    assert found.row("capacity").after == said.row("capacity").after
    assert found.row("capacity").better is True
    assert any(line.startswith("workload.observed.server_type: not said, so taken for") for line in found.weakest)


def test_an_observed_server_of_the_old_design_s_own_type_is_not_forgotten() -> None:
    own: dict[str, Any] = {"server_types": {"own": {"cores": 4, "ram_mib": 8192, "price_month": 100}}}
    before = site(tiers=[WEB | {"servers": {"count": 2, "type": "own"}}, DATABASE], **own)
    after = site(tiers=[WEB | {"servers": {"count": 2, "type": "large"}}, DATABASE])

    row = weighed(before, after).row("capacity")

    assert isinstance(row.before, Number)
    assert isinstance(row.after, Number)
    assert row.after.value > 1.5 * row.before.value


def test_the_first_design_is_told_by_itself() -> None:
    found = weighed(None, site(web=2))

    assert found.sentence.startswith("1 balancer, 2 web, 1 database: ")
    assert {row.before for row in found.rows} == {None}
    assert {row.better for row in found.rows} == {None}
    assert (found.if_nothing, found.limit_on, found.decide_by) == (None, None, None)


def test_a_missing_workload_gives_no_figure_and_a_sentence() -> None:
    found = weighed(site(), site(web=3, workload=None))

    assert found.row("capacity").after is None
    assert found.row("capacity").now == "not known: nobody says what is asked of its sites"
    assert "no figures, since nobody says what is asked of its sites" in found.sentence
    assert found.weakest == ()
    assert found.guessed_share[1] is None


def test_a_workload_in_a_file_is_not_guessed() -> None:
    found = weighed(None, site(workload={"file": "access.log"}))

    assert found.trouble == "its workload is kept in a file that must be read first"
    assert all(row.after is None for row in found.rows if row.key != "risks")


def test_a_design_that_nobody_can_forecast_says_why() -> None:
    found = weighed(site(), site(tiers=[DATABASE]))

    assert found.trouble
    assert found.trouble in found.sentence


def test_one_workload_may_be_asked_of_both() -> None:
    silent = site(web=1, workload=None)
    workload = site().workload

    found = weighed(silent, site(), workload=workload)

    assert found.row("capacity").before is not None


def test_another_peak_is_said() -> None:
    found = weighed(site(), site(workload={**WORKLOAD, "peak_requests_per_second": 90}))

    assert "at a peak of 90 requests/s instead of 60" in found.sentence


def test_what_is_left_without_one_server_is_the_least_of_all_deaths() -> None:
    design = site(web=3, balancer=False, tiers=[WEB | {"servers": {"count": 3, "type": "medium"}}, DATABASE])

    row = weighed(None, design).row("without_one")

    alone = [item for item in outlook(design).failures if item.dead == 1]
    assert any(item.capacity_rps is None for item in alone)
    assert row.after is None
    assert row.now == "stops for 50 % of requests, with one of database dead"


def test_without_one_server_more_may_be_carried_than_before() -> None:
    whole = [
        {"name": "web", "servers": {"count": 3, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    ]  # fmt: skip
    external = [{"name": "db", "kind": "postgresql", "endpoint": "db.example.com:5432"}]
    before = site(tiers=[whole[0] | {"servers": {"count": 2, "type": "medium"}}], externals=external)
    after = site(tiers=whole, externals=external)

    row = weighed(before, after).row("without_one")

    assert isinstance(row.after, Number)
    assert row.better is True
    assert row.after.value < forecast(after).capacity_rps.value


def test_doing_nothing_has_a_date_and_a_day_to_decide_before_it() -> None:
    found = weighed(site(web=1), site(web=3), lead_days=30)

    assert found.if_nothing is not None
    assert found.if_nothing.startswith("If nothing is done, ")
    assert found.limit_on is not None
    assert found.limit_between is not None
    assert found.limit_between[0] <= found.limit_on <= found.limit_between[1]
    assert found.decide_by is not None
    assert (found.limit_on - found.decide_by).days == 30
    assert found.lasts_until is not None
    assert found.lasts_until >= found.limit_on


def test_a_day_that_has_passed_is_today() -> None:
    found = weighed(site(web=1, workload={**WORKLOAD, "peak_requests_per_second": 600}), site(web=3))

    assert found.decide_by == TODAY


def test_without_growth_there_is_no_date() -> None:
    still = {key: value for key, value in WORKLOAD.items() if key != "growth_per_year"}

    found = weighed(site(web=1, workload=still), site(web=3, workload=still))

    assert (found.if_nothing, found.limit_on, found.decide_by, found.lasts_until) == (None, None, None, None)


def test_the_weakest_provenance_comes_first() -> None:
    guess = {"low": 20, "mid": 30, "high": 60, "basis": "guess", "source": "a hunch"}
    classes = {"page": {"share": 0.5, "app_cpu_ms": guess}, "static": {"share": 0.5}}
    workload = {"peak_requests_per_second": 60, "classes": classes, "growth_per_year": 0.5}

    weakest = weighed(None, site(workload=workload)).weakest

    assert weakest[0] == "workload.classes.page.app_cpu_ms: 30 (20–60) ms, a guess"
    assert "workload.growth_per_year: 50 %, said by a person, in every date" in weakest
    assert weakest[-1] == "how often servers stop and how long repair takes: guesses, in every availability"


def test_open_risks_are_errors_and_warnings_that_nobody_took_on() -> None:
    found = weighed(None, site(web=3))

    assert {item.level for item in found.risks_open} <= {"error", "warning"}
    assert found.row("risks").after == len(found.risks_open) > 0
    assert found.sentence.endswith(f"{len(found.risks_open)} risks open")


def test_prices_in_two_currencies_are_not_subtracted() -> None:
    types = {"own": {"cores": 4, "ram_mib": 8192, "price_month": 100}}
    tiers = [WEB | {"servers": {"count": 2, "type": "own"}}, DATABASE | {"servers": {"count": 1, "type": "own"}}]
    own: dict[str, Any] = {"server_types": types, "tiers": tiers}

    found = weighed(site(currency="EUR", **own), site(currency="CHF", **own))

    row = found.row("cost")
    assert (row.better, row.says) == (None, "300 EUR, then 300 CHF")
    assert found.currency == "CHF"


def test_a_cost_that_is_not_known_is_not_invented() -> None:
    types = {"own": {"cores": 4, "ram_mib": 8192}}
    tiers = [WEB | {"servers": {"count": 2, "type": "own"}}, DATABASE | {"servers": {"count": 1, "type": "own"}}]

    found = weighed(site(), site(server_types=types, tiers=tiers))

    assert found.row("cost").after is None
    assert "cost not known" in found.sentence


def test_it_becomes_plain_data() -> None:
    data = to_document(weighed(site(web=1), site(web=3)))

    assert json.loads(json.dumps(data)) == data
    assert [row["key"] for row in data["metrics"]][:3] == ["capacity", "p95", "availability"]


def test_a_standing_is_made_of_the_same_forecast() -> None:
    assert stand(site()).forecast == forecast(site())
