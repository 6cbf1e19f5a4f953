"""The peak with servers dead."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.parts import PAGE, cluster, plan, tier, work
from topology.capacity.failures import Failure, excess, failures_of
from topology.capacity.folding import folded
from topology.capacity.study import study_of
from topology.capacity.uncertainty import spread
from topology.value import Estimate
from topology.workload import Workload

BALANCERS = tier("lb", ["balancer"], count=2)
DATABASE = tier("db", ["rows"], type="four")
FILES = {"page": {**PAGE, "share": 0.4}, "static": {"share": 0.3}, "media": {"share": 0.3}}


def webs(count: int, workers: int = 40) -> dict[str, Any]:
    return tier("web", [{"web": {"file_ms": 0.1}}, {"app": {"workers": workers}}], count=count)


def failures(*tiers: dict[str, Any], workload: Workload) -> dict[tuple[str, int], Failure]:
    small = folded(cluster(plan(*tiers), workload))
    return {(found.tier, found.dead): found for found in failures_of(study_of(small.cluster, workload))}


def test_two_servers_that_are_too_busy_for_one() -> None:
    # Each carries 50 pages a second; 75 come: the one that is left refuses a third.
    found = failures(BALANCERS, webs(2), DATABASE, workload=work(75))

    one = found["web", 1]
    assert one.refused.value == pytest.approx(1 / 3)
    assert one.says == "With one of 2 web servers dead 33 % of requests are refused at the peak."
    assert (one.servers, one.holds, one.p95_ms) == (2, False, None)
    assert one.busy is not None
    assert one.busy.value == pytest.approx(1.5)


def test_a_third_server_carries_the_peak_with_one_dead_and_not_with_two() -> None:
    found = failures(BALANCERS, webs(3), DATABASE, workload=work(75))

    assert found["web", 1].holds
    assert found["web", 1].says.startswith(
        "With one of 3 web servers dead the peak holds, the others are 75 % busy, p95"
    )
    assert found["web", 1].capacity_rps is not None
    assert found["web", 1].capacity_rps.value == pytest.approx(100)
    assert found["web", 2].refused.value == pytest.approx(1 / 3)


def test_survivors_keep_their_workers() -> None:
    # Two workers hold a page 40 + 25 ms: they carry about 26 a second each, however many servers there are.
    tight = failures(BALANCERS, webs(3, workers=2), DATABASE, workload=work(10))
    alone = failures(BALANCERS, webs(1, workers=2), DATABASE, workload=work(10))

    assert tight["web", 2].capacity_rps is not None
    whole = failures(BALANCERS, webs(1, workers=2), DATABASE, workload=work(10))["lb", 1].capacity_rps
    assert whole is not None
    assert tight["web", 2].capacity_rps.value == pytest.approx(whole.value)
    assert alone["web", 1].stops == ("page",)


def test_the_last_of_a_kind_stops_what_it_answers() -> None:
    found = failures(BALANCERS, webs(2), DATABASE, workload=work(5, classes=FILES))

    assert found["db", 1].stops == ("page",)
    assert found["db", 1].refused.value == pytest.approx(0.4)
    assert found["db", 1].says == "With db1 dead pages stop: 40 % of requests are refused."
    assert found["lb", 2].says == "With both lb servers dead the whole site stops."
    assert found["lb", 2].refused.value == pytest.approx(1)


def test_a_cache_that_loses_a_server_answers_less_and_none_stops() -> None:
    classes = {"page": {**PAGE, "cached_share": 0.8}}
    tiers = (BALANCERS, webs(2), DATABASE, tier("memo", ["memo"], count=2))

    found = failures(*tiers, workload=work(60, classes=classes))

    half, none = found["memo", 1], found["memo", 2]
    assert not half.stops
    assert not none.stops
    assert half.capacity_rps is not None
    assert none.capacity_rps is not None
    assert half.capacity_rps.value >= none.capacity_rps.value


def test_shared_files_stop_with_the_server_that_keeps_them() -> None:
    tiers = (BALANCERS, webs(2), DATABASE, tier("media", ["files", "mount"], count=2), tier("nfs", ["shelf"]))

    found = failures(*tiers, workload=work(5, classes=FILES))

    assert found["nfs", 1].stops == ("media",)
    assert found["media", 1].holds


def test_a_thousand_servers_are_as_quick_as_three() -> None:
    found = failures(BALANCERS, webs(1000), tier("db", ["rows"], type="four"), workload=work(1))

    assert found["web", 1].servers == 1000
    assert found["web", 2].says.startswith("With two of 1000 web servers dead the peak holds")


def test_the_range_of_what_is_refused_is_that_of_capacity_and_peak() -> None:
    found = excess(spread([50, 40, 80], unit="1/s"), Estimate(low=60, mid=100, high=200))

    assert (found.low, found.value, found.high) == (0, 0.5, 0.8)


@settings(max_examples=25)
@given(count=st.integers(2, 9), rate=st.floats(1, 400))
def test_more_dead_servers_never_refuse_less(count: int, rate: float) -> None:
    found = failures(BALANCERS, webs(count), DATABASE, workload=work(rate))

    one, two = found["web", 1], found["web", 2]
    assert 0 <= one.refused.low <= one.refused.value <= one.refused.high <= 1
    assert one.refused.value <= two.refused.value + 1e-12
