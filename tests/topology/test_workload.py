"""The workload: ranges in order, shares that add up, and rates that scale."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from topology.value import Estimate, estimate
from topology.workload import RequestClass, Workload, kind_of


def test_a_plain_number_is_given_and_exact() -> None:
    rate = Workload(peak_requests_per_second=12).peak

    assert (rate.low, rate.mid, rate.high, rate.basis) == (12, 12, 12, "given")


def test_an_estimate_out_of_order_is_refused() -> None:
    with pytest.raises(ValidationError, match="rising order"):
        Estimate(low=2, mid=1, high=3)


def test_a_rate_scales_with_its_range_and_what_was_seen_stays() -> None:
    workload = Workload(
        peak_requests_per_second=Estimate(low=1, mid=2, high=4, basis="measured"), mean_requests_per_second=1
    )

    doubled = workload.at(2)

    assert doubled.peak == Estimate(low=2, mid=4, high=8, basis="measured")
    assert estimate(doubled.mean_requests_per_second or 0).mid == 2


def test_without_classes_every_request_is_a_page() -> None:
    assert list(Workload(peak_requests_per_second=1).mix()) == ["page"]


@pytest.mark.parametrize(
    ("name", "item", "kind"),
    [
        ("page", RequestClass(share=1), "page"),
        ("media", RequestClass(share=1), "media"),
        ("search", RequestClass(share=1), "page"),
        ("feed", RequestClass(share=1, kind="api"), "api"),
    ],
)
def test_a_class_is_of_the_kind_it_says_or_is_called(name: str, item: RequestClass, kind: str) -> None:
    assert kind_of(name, item) == kind


@pytest.mark.parametrize("hours", [(1.0,) * 23, (1.0,) * 25, ()])
def test_a_profile_is_a_day_or_a_week(hours: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="24 numbers"):
        Workload(peak_requests_per_second=1, hours=hours)


@pytest.mark.parametrize("share", [-0.1, 1.5, Estimate(low=0.5, mid=0.9, high=1.1)])
def test_a_share_is_from_nothing_to_all(share: float | Estimate) -> None:
    with pytest.raises(ValidationError, match=r"from 0 to 1|0 or more"):
        RequestClass(share=1, cached_share=share)
    with pytest.raises(ValidationError, match=r"from 0 to 1|0 or more"):
        Workload(peak_requests_per_second=1, write_share=share)


@pytest.mark.parametrize("field", ["app_cpu_ms", "database_cpu_ms", "database_calls", "cache_lookups"])
def test_a_request_costs_nothing_or_more(field: str) -> None:
    with pytest.raises(ValidationError, match="0 or more"):
        RequestClass.model_validate({"share": 1, field: Estimate(low=-1, mid=1, high=2)})
