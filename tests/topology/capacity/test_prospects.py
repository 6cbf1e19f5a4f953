"""The outlook as a whole: its JSON, and what it says of what cannot be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.parts import PAGE, cluster, foreseen, plan, tier, work
from tests.topology.stages import cast
from topology.capacity import Outlook, outlook, outlook_document, to_document
from topology.capacity.folding import folded
from topology.capacity.prospects import outlook_of
from topology.design import TierwrightError
from topology.workload import Workload

SITE = (
    tier("lb", ["balancer"], count=2),
    tier("web", [{"web": {"file_ms": 0.1}}, {"app": {"workers": 20}}], count=2),
    tier("db", ["rows"], type="four"),
)
HOURS = [1.0] * 6 + [4.0] * 16 + [1.0] * 2


def seen(*tiers: dict[str, Any], workload: Workload, **more: Any) -> Outlook:
    return outlook_of(folded(cluster(plan(*(tiers or SITE), **more), workload)))


def numbers(data: Any) -> Iterator[float]:
    if isinstance(data, dict):
        for value in data.values():
            yield from numbers(value)
    elif isinstance(data, list):
        for value in data:
            yield from numbers(value)
    elif isinstance(data, int | float):
        yield data


def test_it_has_the_whole_of_it_as_json() -> None:
    asked = work(60, hours=HOURS, growth_per_year=0.5)

    found = outlook_document(seen(workload=asked, promise={"p95_ms": 500, "headroom": 0.2}))

    assert set(found) == {"cost", "week", "failures", "service", "limits", "if_nothing", "transients"}
    assert len(found["week"]["hours"]) == 24
    assert set(found["week"]["hours"][3]["p95_ms"]) == {"value", "low", "high", "class", "unit"}
    assert {limit["limit"] for limit in found["limits"]} >= {"cpu", "headroom", "p95"}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_it_stands_beside_the_forecast_under_a_key_of_its_own() -> None:
    asked = work(60)
    forecast = foreseen(*SITE, workload=asked)

    assert "outlook" not in to_document(forecast)
    assert to_document(forecast, seen(workload=asked))["outlook"]["week"] is None


def test_the_promised_p95_is_a_limit_with_a_rate_at_which_it_holds() -> None:
    found = seen(workload=work(40, growth_per_year=1), promise={"p95_ms": 500})

    [p95] = [limit for limit in found.limits if limit.limit == "p95"]
    at = foreseen(*SITE, workload=work(p95.at_rps.value)).latency_ms["p95"].value
    assert at == pytest.approx(500, rel=1e-3)
    assert [limit.factor.value for limit in found.limits] == sorted(limit.factor.value for limit in found.limits)
    assert "the promised p95 no longer holds in" in found.if_nothing


def test_where_a_server_swaps_only_the_cost_is_known() -> None:
    found = seen(tier("all", ["web", {"app": {"workers": 90}}, "rows"]), workload=work(1, hours=HOURS))

    assert found.cost.month == 20
    assert (found.week, found.failures, found.service, found.transients) == (None, (), None, None)


def test_more_than_a_site_carries_is_told_without_an_endless_figure() -> None:
    found = seen(workload=work(1e9, hours=HOURS, growth_per_year=0.5))

    assert found.week is not None
    assert found.week.overloaded_hours == 24
    assert found.week.latency_ms == {}
    assert found.if_nothing.startswith("If nothing is done, the CPU of web is full already")
    assert found.service is not None
    assert found.service.overload == pytest.approx(1, abs=1e-6)
    json.dumps(outlook_document(found), allow_nan=False)


def test_a_real_plan_with_a_week() -> None:
    asked = cast.large().model_copy(update={"hours": tuple(float(hour % 24 + 1) for hour in range(168))})

    found = outlook(cast.design_at("big", cast.large()), asked)

    assert found.week is not None
    assert found.week.hours[found.week.peak_hour].name == "Monday 23:00"
    assert {deploy.tier for deploy in found.transients.deploys} == {"web"} if found.transients else False
    assert {failure.tier for failure in found.failures} >= {"balancer", "web", "media", "database"}


def test_less_than_one_crew_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one crew"):
        outlook(cast.design_at("single"), crews=0)


def test_without_a_workload_there_is_no_outlook() -> None:
    with pytest.raises(TierwrightError, match="a forecast needs a workload"):
        outlook(cast.design_at("single").model_copy(update={"workload": None}))


@settings(max_examples=25)
@given(
    peak=st.tuples(st.floats(0, 1), st.floats(1e-3, 1e6), st.floats(1, 100)),
    hours=st.none()
    | st.lists(st.floats(0, 1e12), min_size=24, max_size=24)
    | st.lists(st.sampled_from([0.0, 1.0, 1e-300, 1e300]), min_size=7, max_size=7).map(lambda days: days * 24),
    growth=st.none() | st.floats(-0.9, 100),
    webs=st.integers(1, 5),
    p95=st.floats(0.01, 1e6),
)
def test_whatever_is_asked_every_figure_is_finite_and_none_is_negative(
    peak: tuple[float, float, float], hours: list[float] | None, growth: float | None, webs: int, p95: float
) -> None:
    low, mid, high = peak
    figure: Any = {"low": low * mid, "mid": mid, "high": high * mid}
    classes = {"page": {**PAGE, "share": 0.5, "cached_share": 0.5}, "static": {"share": 0.5}}
    asked = work(figure, classes=classes, hours=hours, growth_per_year=growth)

    found = outlook_document(seen(SITE[0], {**SITE[1], "servers": {"count": webs, "type": "two"}}, SITE[2],
                                  workload=asked, promise={"p95_ms": p95, "headroom": 0.5}))  # fmt: skip

    for number in numbers(found):
        assert math.isfinite(number)
        assert number >= 0


@settings(max_examples=15)
@given(rate=st.floats(1, 99), factor=st.floats(1, 3))
def test_more_traffic_is_never_served_better(rate: float, factor: float) -> None:
    calm, busy = (seen(workload=work(at, hours=HOURS)).service for at in (rate, rate * factor))

    assert calm is not None
    assert busy is not None
    assert busy.served.value <= calm.served.value + 1e-6
