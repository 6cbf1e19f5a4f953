"""The week hour by hour, against the plain figures and against the whole mixture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.parts import cluster, foreseen, plan, tier, work
from topology.capacity.mixture import Part, mixture_percentile
from topology.capacity.study import Study, study_of
from topology.capacity.week import MOST_RATES, Week, steps_of, week_of
from topology.workload import Workload

SITE = (
    tier("lb", ["balancer"]),
    tier("web", ["web", {"app": {"workers": 9}}], count=2),
    tier("db", ["rows"], type="four"),
)
DAY: list[float] = [30, 20, 12, 8, 6, 6, 10, 25, 60, 80, 90, 95, 100, 98, 95, 90, 85, 80, 75, 70, 65, 55, 45, 35]
PEAK = {"low": 70, "mid": 80, "high": 90}


def study(peak: Any, hours: Sequence[float] | None) -> Study:
    asked = asking(peak, hours)
    return study_of(cluster(plan(*SITE), asked), asked)


def asking(peak: Any, hours: Sequence[float] | None = None) -> Workload:
    return work(peak, hours=None if hours is None else list(hours))


def week(peak: Any, hours: Sequence[float]) -> Week:
    found = week_of(study(peak, hours))
    assert found is not None
    return found


@pytest.mark.parametrize("hours", [24, 168])
def test_a_flat_week_equals_the_plain_figures(hours: int) -> None:
    found = week(PEAK, [7] * hours)

    plain = foreseen(*SITE, workload=asking(PEAK))
    assert len(found.hours) == hours
    for figure, number in plain.latency_ms.items():
        mixed = found.latency_ms[figure]
        assert (mixed.value, mixed.low, mixed.high) == pytest.approx((number.value, number.low, number.high), rel=1e-6)
    busy = plain.host("web1").utilisation["cpu"]
    assert found.hours[5].busy.value == pytest.approx(busy.value)
    assert (found.hours[5].busy.low, found.hours[5].busy.high) == pytest.approx((busy.low, busy.high))
    assert found.hours[5].tier == "web"


def test_without_hours_there_is_no_week() -> None:
    assert week_of(study(PEAK, None)) is None


def test_an_hour_is_as_a_forecast_of_its_rate() -> None:
    found = week(80, DAY)

    plain = foreseen(*SITE, workload=work(80 * 0.6))
    assert found.hours[8].rate == pytest.approx(48)
    assert found.hours[8].p95_ms is not None
    assert found.hours[8].p95_ms.value == pytest.approx(plain.latency_ms["p95"].value, rel=0.01)
    assert found.peak_hour == 12


def test_hours_between_the_steps_lie_near_what_they_would_be_alone() -> None:
    found = week(95, [1 + n for n in range(168)])

    for index in (20, 77, 130, 160):
        plain = foreseen(*SITE, workload=work(95 * (1 + index) / 168)).latency_ms
        hour = found.hours[index]
        assert hour.p95_ms is not None
        assert hour.mean_ms is not None
        assert hour.mean_ms.value == pytest.approx(plain["mean"].value, rel=0.01)
        assert hour.p95_ms.value == pytest.approx(plain["p95"].value, rel=0.02)


def test_steps_taken_together_change_the_mixture_by_less_than_a_hundredth() -> None:
    hours = [5 + (n * 37) % 168 for n in range(168)]
    looked_at = study(95, [float(hour) for hour in hours])

    found = week_of(looked_at)

    parts = []
    for hour in hours:
        at = looked_at.moments(looked_at.worlds[0], 95 * hour / max(hours))
        assert at is not None
        parts.append(Part(weight=hour, mean=at.mean, variance=at.variance))
    assert found is not None
    for figure, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        whole = mixture_percentile(share, parts)
        assert whole is not None
        assert found.latency_ms[figure].value == pytest.approx(1000 * whole, rel=0.01)  # type: ignore[index]


def test_nights_without_a_request_have_no_response_and_count_for_nothing() -> None:
    found = week(80, [0] * 8 + [1] * 16)

    assert found.hours[3].p95_ms is None
    assert found.hours[3].busy.value == 0
    assert found.latency_ms["p95"].value == pytest.approx(foreseen(*SITE, workload=work(80)).latency_ms["p95"].value)
    assert found.quiet == (0, 4)


def test_a_single_busy_hour_is_a_whole_week() -> None:
    found = week(80, [0] * 100 + [3] + [0] * 67)

    assert found.peak_hour == 100
    assert found.latency_ms["mean"].value == pytest.approx(foreseen(*SITE, workload=work(80)).latency_ms["mean"].value)


def test_hours_that_ask_too_much_leave_their_percentiles_open() -> None:
    # Two hours of 24 ask for 120 of the 100 that are carried: 2 * 120 of 2 * 120 + 22 * 60 requests, 15 %.
    found = week(120, [2] * 2 + [1] * 22)

    assert found.overloaded_hours == 2
    assert found.overloaded_share == pytest.approx(240 / 1560)
    assert set(found.latency_ms) == {"p50"}
    assert found.hours[0].p95_ms is None
    assert found.hours[0].busy.value == pytest.approx(1.2, rel=1e-3)
    assert "2 of 24 hours ask for more than this design carries" in found.says


def test_it_says_when_it_is_busy_and_when_quiet() -> None:
    found = week(80, DAY)

    assert found.says.startswith(
        "Busiest at 12:00 with 80 requests/s (80 % busy); quietest from 3:00 to 7:00 (at most 8 % busy)"
    )


@settings(max_examples=25)
@given(hours=st.lists(st.floats(0, 1000), min_size=24, max_size=24), peak=st.floats(1, 95))
def test_a_usual_day_is_never_slower_than_its_peak(hours: list[float], peak: float) -> None:
    found = week_of(study(peak, hours))

    if found is not None:
        plain = foreseen(*SITE, workload=work(peak)).latency_ms
        for figure, number in found.latency_ms.items():
            assert number.value <= plain[figure].value * (1 + 1e-6)


@given(rates=st.lists(st.floats(0, 1e6), min_size=1, max_size=168).filter(lambda rates: max(rates) > 1e-3))
def test_steps_keep_all_requests_and_the_busiest_rate(rates: list[float]) -> None:
    steps = steps_of(rates)

    assert len(steps) <= MOST_RATES
    assert sum(step.weight for step in steps) == pytest.approx(1)
    assert steps[-1].rate == pytest.approx(max(rates))
    assert [step.rate for step in steps] == sorted(step.rate for step in steps)
