"""Requests served over all states of the servers, against a Markov chain written out in full."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.parts import COMPONENTS, PAGE, foreseen, plan, tier, work
from topology.capacity.availability import MTBF_HOURS, REPAIR_HOURS, Unit, down_shares, k_of_n
from topology.capacity.folding import folded
from topology.capacity.performability import MINUTES_A_YEAR, Service, service_of
from topology.capacity.study import study_of
from topology.components import Cluster, Limits
from topology.workload import Workload

DATABASE = tier("db", ["rows"], type="four")
AT_ONCE = Limits(failover_seconds=0)
FAILS, MENDS = 1 / MTBF_HOURS.mid, 1 / REPAIR_HOURS.mid


def webs(count: int) -> dict[str, Any]:
    return tier("web", [{"web": {"file_ms": 0.1}}, {"app": {"workers": 40}}], count=count)


def service(
    *tiers: dict[str, Any], workload: Workload, limits: Limits = AT_ONCE, crews: int | None = None, **more: Any
) -> Service:
    whole = Cluster(design=plan(*tiers, **more), workload=workload, components=COMPONENTS, limits=limits)
    small = folded(whole)
    return service_of(study_of(small.cluster, workload), crews=crews)


def expected(counts: Sequence[int], crews: int | None, served: Callable[[tuple[int, ...]], float]) -> float:
    """The steady state of the chain of all tiers together, solved from its generator."""
    states = list(itertools.product(*(range(count + 1) for count in counts)))
    index: Mapping[tuple[int, ...], int] = {state: number for number, state in enumerate(states)}
    generator = np.zeros((len(states), len(states)))
    for state in states:
        for tier_index, count in enumerate(counts):
            down = state[tier_index]
            for step, rate in ((1, (count - down) * FAILS), (-1, min(down, crews or count) * MENDS)):
                if 0 <= down + step <= count:
                    after = (*state[:tier_index], down + step, *state[tier_index + 1 :])
                    generator[index[state], index[after]] += rate
    generator -= np.diag(generator.sum(axis=1))
    system = np.vstack([generator.T, np.ones(len(states))])
    chances = np.linalg.lstsq(system, np.array([0.0] * len(states) + [1.0]), rcond=None)[0]
    return float(sum(chance * served(state) for chance, state in zip(chances, states, strict=True)))


@pytest.mark.parametrize("crews", [None, 1])
def test_states_against_the_whole_chain(crews: int | None) -> None:
    # Three web servers of 50 pages a second and one database of 160; 120 come.
    def served(state: tuple[int, ...]) -> float:
        web, db = state
        return 0.0 if db or web == 3 else min(1.0, (3 - web) * 50 / 120)

    found = service(webs(3), DATABASE, workload=work(120), crews=crews)

    assert found.served.value == pytest.approx(expected((3, 1), crews, served), abs=1e-6)


def test_hours_weigh_by_their_requests() -> None:
    # 16 hours at 80 and 8 at 40: one of two servers carries the 40, and 50 of the 80.
    hours = [2.0] * 16 + [1.0] * 8
    weights = {80: 16 * 2 / 40, 40: 8 / 40}

    def served(state: tuple[int, ...]) -> float:
        web, db = state
        return 0.0 if db or web == 2 else sum(w * min(1.0, (2 - web) * 50 / rate) for rate, w in weights.items())

    found = service(webs(2), DATABASE, workload=work(80, hours=hours))

    assert found.served.value == pytest.approx(expected((2, 1), None, served), abs=1e-6)


def test_kinds_that_go_on_are_served_without_the_database() -> None:
    classes = {"page": {**PAGE, "share": 0.3}, "static": {"share": 0.7}}

    found = service(webs(2), DATABASE, workload=work(1, classes=classes))

    lost = 1 - k_of_n(Unit(name="db", mtbf=MTBF_HOURS.mid, mttr=REPAIR_HOURS.mid))
    assert found.tiers[0].tier == "db"
    assert found.tiers[0].minutes.value == pytest.approx(0.3 * lost * MINUTES_A_YEAR, rel=1e-6)


def test_two_servers_that_stand_in_for_each_other_stop_only_together() -> None:
    # One is larger than the other, so that each is a kind of its own.
    pair = {"name": "web", "roles": ["web", {"app": {"workers": 40}}],
            "servers": [{"name": "a", "type": "two"}, {"name": "b", "type": "four"}]}  # fmt: skip

    found = service(pair, DATABASE, workload=work(10))

    def served(state: tuple[int, ...]) -> float:
        return 0.0 if state[2] or state[0] + state[1] == 2 else 1.0

    assert found.served.value == pytest.approx(expected((1, 1, 1), None, served), abs=1e-6)


def test_what_is_asked_of_a_dead_server_until_it_is_found_is_lost() -> None:
    found = service(webs(2), DATABASE, workload=work(10), limits=Limits(failover_seconds=10))
    at_once = service(webs(2), DATABASE, workload=work(10))

    # Two servers, half of the requests each, 3.5 s a death.
    assert at_once.served.value - found.served.value == pytest.approx(3.5 / 3600 * FAILS, rel=1e-6)


def test_too_much_for_every_server_alive_is_told_apart() -> None:
    found = service(webs(2), DATABASE, workload=work(125))

    assert found.overload == pytest.approx(0.2)
    assert found.served.value == pytest.approx(0.8, abs=0.001)
    assert found.tiers[0].minutes.value < 0.01 * MINUTES_A_YEAR


def test_the_promise_is_kept_in_the_hours_and_states_in_which_p95_holds() -> None:
    workload = work(80, hours=[2.0] * 12 + [1.0] * 12)
    tiers = (webs(2), DATABASE)
    at = {rate: foreseen(*tiers, workload=work(rate)).latency_ms["p95"].value for rate in (40, 80)}
    between = (at[40] + at[80]) / 2

    found = service(*tiers, workload=workload, promise={"p95_ms": between})
    none = service(*tiers, workload=workload)

    # A third of the requests come in the hours of 40.
    assert found.promise_kept is not None
    assert found.promise_kept.value == pytest.approx(1 / 3, abs=0.001)
    assert none.promise_kept is None


def test_a_promise_that_never_holds_is_never_kept() -> None:
    found = service(webs(2), DATABASE, workload=work(10), promise={"p95_ms": 0.001})

    assert found.promise_kept is not None
    assert found.promise_kept.value == 0


def test_it_is_told_in_a_sentence() -> None:
    found = service(webs(2), DATABASE, workload=work(10))

    assert found.says.startswith("99.954 % of requests are served as if the peak lasted all the time, 240 minutes")
    assert "db costs most of it" in found.says


@given(count=st.integers(1, 8), mtbf=st.floats(1, 1e5), mttr=st.floats(0, 1e4), crews=st.integers(1, 3))
def test_shares_of_servers_down_are_shares(count: int, mtbf: float, mttr: float, crews: int) -> None:
    found = down_shares(Unit(name="tier", mtbf=mtbf, mttr=mttr, count=count, crews=crews))

    assert len(found) <= count + 1
    assert sum(found) == pytest.approx(1)
    assert min(found) >= 0


@settings(max_examples=20)
@given(count=st.integers(1, 6), rate=st.floats(1, 45))
def test_a_server_more_never_serves_less(count: int, rate: float) -> None:
    fewer = service(webs(count), DATABASE, workload=work(rate))
    more = service(webs(count + 1), DATABASE, workload=work(rate))

    assert fewer.served.value <= more.served.value + 1e-6
    assert 0 <= fewer.served.low <= fewer.served.value <= fewer.served.high <= 1


@settings(max_examples=20)
@given(count=st.integers(1, 6), rate=st.floats(1, 140), crews=st.integers(1, 3))
def test_more_repairs_at_once_never_serve_less(count: int, rate: float, crews: int) -> None:
    few = service(webs(count), DATABASE, workload=work(rate), crews=crews)
    enough = service(webs(count), DATABASE, workload=work(rate))

    assert few.served.value <= enough.served.value + 1e-9
