"""A rolling deploy, a cold cache and a database failover."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topology.capacity.parts import PAGE, cluster, plan, tier, work
from topology.capacity.folding import folded
from topology.capacity.study import study_of
from topology.capacity.transients import Transients, stretches, transients_of, worked_off_seconds
from topology.workload import Workload

BALANCERS = tier("lb", ["balancer"], count=2)
DATABASE = tier("db", ["rows"], type="four")
NIGHT_AND_DAY = [1.0] * 6 + [4.0] * 16 + [1.0] * 2


def webs(count: int) -> dict[str, Any]:
    return tier("web", ["web", {"app": {"workers": 40}}], count=count)


def transients(*tiers: dict[str, Any], workload: Workload) -> Transients:
    small = folded(cluster(plan(*tiers), workload))
    return transients_of(study_of(small.cluster, workload))


def test_what_waited_is_worked_off_by_what_the_usual_traffic_leaves() -> None:
    # 60 a second for 10 s wait; 40 a second are left of 100.
    assert worked_off_seconds(60, 100, 10) == pytest.approx(15)
    assert worked_off_seconds(100, 100, 10) is None
    assert worked_off_seconds(60, 100, 0) == 0


@given(rate=st.floats(0.1, 99), capacity=st.floats(100, 1e6), hole=st.floats(0, 1e4))
def test_in_that_time_all_that_came_was_served(rate: float, capacity: float, hole: float) -> None:
    seconds = worked_off_seconds(rate, capacity, hole)

    assert seconds is not None
    assert capacity * seconds == pytest.approx(rate * (hole + seconds))


def test_a_deploy_takes_one_server_out_at_a_time() -> None:
    [deploy] = transients(BALANCERS, webs(2), DATABASE, workload=work(75)).deploys

    assert (deploy.tier, deploy.servers, deploy.safe_hours) == ("web", 2, None)
    assert deploy.refused.value == pytest.approx(1 / 3)
    assert deploy.busy is not None
    assert deploy.busy.value == pytest.approx(1.5)
    assert "33 % of requests are refused at the peak" in deploy.says


def test_it_is_safe_in_hours_that_one_server_less_carries_calmly() -> None:
    asked = work(80, hours=NIGHT_AND_DAY)

    [deploy] = transients(BALANCERS, webs(2), DATABASE, workload=asked).deploys

    assert deploy.safe_hours == (0, 1, 2, 3, 4, 5, 22, 23)
    assert deploy.says.endswith(
        "Calm enough for it are the hours from 22:00 to 6:00, best 0:00 to 4:00 (at most 40 % busy)."
    )


def test_no_hour_or_any_hour_may_be_calm_enough() -> None:
    tiers = (BALANCERS, webs(2), DATABASE)
    [busy] = transients(*tiers, workload=work(90, hours=[1.0] * 168)).deploys
    [calm] = transients(*tiers, workload=work(10, hours=[1.0] * 168)).deploys

    assert busy.says.endswith("No hour of the day is calm enough for it.")
    assert calm.says.endswith("Any hour is calm enough for it, best 0:00 to 4:00 (at most 20 % busy).")


def test_a_lone_application_server_makes_requests_wait() -> None:
    classes = {"page": {**PAGE, "share": 0.5}, "static": {"share": 0.5}}

    [deploy] = transients(webs(1), DATABASE, workload=work(5, classes=classes)).deploys

    assert deploy.servers == 1
    assert deploy.says.startswith("web1 is the only one: while its application restarts (3 to 7 s")


def test_a_cold_cache_lets_every_request_do_its_full_work() -> None:
    # 1 - 0.75 of the pages cost 40 ms here, so 400 a second are carried, and 100 without the cache.
    classes = {"page": {**PAGE, "cached_share": 0.75, "database_cpu_ms": 0}}
    tiers = (webs(2), tier("memo", ["memo"]))

    cold = transients(*tiers, workload=work(200, classes=classes)).cold_cache

    assert cold is not None
    assert cold.capacity_rps.value == pytest.approx(100)
    assert cold.refused.value == pytest.approx(0.5)
    assert "so 50 % of the peak's are refused until it is full again" in cold.says


def test_without_a_cached_share_nothing_can_be_cold() -> None:
    assert transients(webs(2), DATABASE, workload=work(5)).cold_cache is None


def test_a_database_without_a_replica_is_restored() -> None:
    [hole] = transients(webs(2), DATABASE, workload=work(10)).holes

    assert hole.seconds.value == 4 * 3600
    assert hole.waiting.value == pytest.approx(10 * 30)
    assert hole.refused.value == pytest.approx(10 * (4 * 3600 - 30))
    assert "until it is set up anew and restored (1 to 11 hours)" in hole.says


def test_a_replica_is_promoted_as_planned_or_by_a_person_who_is_woken() -> None:
    planned, death = transients(webs(2), DATABASE, tier("copy", ["copy"], type="four"), workload=work(10)).holes

    assert planned.waiting.value == pytest.approx(13)
    assert planned.refused.value == 0
    assert planned.recovery_seconds is not None
    assert planned.recovery_seconds.value == pytest.approx(13 / (100 - 10))
    assert death.seconds.value == 3600


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ([], ()),
        ([3], ((3, 4),)),
        ([22, 23, 0, 1], ((22, 2),)),
        ([0, 1, 5, 6, 23], ((5, 7), (23, 2))),
        (range(24), ((0, 24),)),
        (range(23), ((0, 23),)),
    ],
)
def test_hours_become_stretches_round_midnight(hours: list[int], found: tuple[tuple[int, int], ...]) -> None:
    assert stretches(hours) == found
