"""What servers cost over time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.capacity.parts import plan, tier, work
from topology.capacity.cost import cost_of
from topology.capacity.running import RunningCost, running_cost

MONTH = 730 * 3600


def running(**workload: Any) -> RunningCost:
    """Three servers at 20 a month each."""
    return running_cost(cost_of(plan(tier("web", [], count=3), currency="EUR")), work(100, **workload))


def test_three_years_are_36_months_at_todays_price() -> None:
    found = running()

    assert (found.month, found.three_years, found.currency) == (60, 2160, "EUR")
    assert "not discounted" in found.says
    assert "without storage and traffic" in found.says


def test_a_million_requests_at_the_mean_rate() -> None:
    found = running(mean_requests_per_second={"low": 5, "mid": 10, "high": 20}, hours=[1.0] * 24)

    assert found.rate == "mean"
    assert found.per_million is not None
    assert found.per_million.value == pytest.approx(60 / (10 * MONTH / 1e6))
    assert (found.per_million.low, found.per_million.high) == pytest.approx(
        (60 / (20 * MONTH) * 1e6, 60 / (5 * MONTH) * 1e6)
    )
    assert found.per_million.unit == "EUR/million"
    assert "at the mean rate of 10 requests/s" in found.says


def test_without_a_mean_rate_the_hours_give_it() -> None:
    found = running(hours=[2.0] * 12 + [1.0] * 12)

    assert found.rate == "hours"
    assert found.per_million is not None
    assert found.per_million.value == pytest.approx(60 / (75 * MONTH / 1e6))


@pytest.mark.parametrize("hours", [None, [0] * 24])
def test_without_both_it_is_the_least_it_can_be_and_that_is_said(hours: list[float] | None) -> None:
    found = running(hours=hours)

    assert found.rate == "peak"
    assert found.per_million is not None
    assert found.per_million.value == pytest.approx(60 / (100 * MONTH / 1e6))
    assert "as if the peak of 100 requests/s lasted day and night" in found.says


def test_where_nothing_is_asked_no_request_has_a_price() -> None:
    assert running(mean_requests_per_second=0).per_million is None


def test_a_price_that_is_not_known_is_a_sentence() -> None:
    free = plan(tier("web", [], type="free"), server_types={"free": {"cores": 1, "ram_mib": 512}})

    found = running_cost(cost_of(free), work(100))

    assert (found.month, found.three_years, found.per_million) == (None, None, None)
    assert found.says == "no price is known of the server type free; write its price_month"
