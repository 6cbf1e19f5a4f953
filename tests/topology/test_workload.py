"""The workload: ranges in order, shares that add up, and rates that scale."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from topology import document
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


def test_new_figures_take_a_number_or_a_range_and_are_written_as_they_came() -> None:
    told = Estimate(low=0.1, mid=0.2, high=0.4, basis="measured", source="two years of monthly sums")
    workload = Workload(
        peak_requests_per_second=50, burstiness=told, users=900, think_seconds=7, client_mbit=20, growth_per_year=told
    )

    data = document.to_data(workload)

    assert sorted(data) == [
        "burstiness", "client_mbit", "growth_per_year", "peak_requests_per_second", "think_seconds", "users",
    ]  # fmt: skip
    assert document.load_workload(json.dumps(data)) == workload
    assert (workload.growth, workload.yearly_growth) == (told, 0.2)


def test_a_workload_of_before_is_written_as_before() -> None:
    """Its digest is that of what was written, whatever fields have come since."""
    workload = Workload(peak_requests_per_second=12, growth_per_year=0.5, classes={"page": RequestClass(share=1)})

    assert document.canonical(workload) == (
        b'{"classes":{"page":{"share":1}},"growth_per_year":0.5,"peak_requests_per_second":12}'
    )


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"growth_per_year": -0.95}, "from -0.9"),
        ({"growth_per_year": Estimate(low=0, mid=1, high=101)}, "to 100"),
        ({"client_mbit": 0}, "above 0"),
        ({"users": 0}, "above 0"),
        ({"burstiness": -1}, "0 or more"),
        ({"think_seconds": 7}, "belongs to users"),
        ({"users": 10, "think_seconds": 7}, "at most 1.429 requests a second; peak_requests_per_second says 12"),
        ({"robots": {"share": 1.2}}, "from 0 to 1"),
        ({"client_rtt_ms": float("nan")}, "finite"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused_in_a_sentence(told: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Workload(peak_requests_per_second=12, **told)


def test_users_scale_with_what_they_ask() -> None:
    workload = Workload(peak_requests_per_second=12, users=100, think_seconds=7)

    assert workload.at(2).users == 200
