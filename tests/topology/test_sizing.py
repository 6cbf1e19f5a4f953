"""Formulas that components share: the chain of timeouts, health checks, workers."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.sizing import app_workers, health, timeouts


def test_half_a_minute_gives_the_chain_that_the_files_show() -> None:
    chain = timeouts(30)

    assert (chain.statement, chain.request, chain.proxy, chain.balancer) == (25, 30, 35, 40)
    assert (chain.pool_wait, chain.queue, chain.connect) == (15, 10, 1)


@given(st.integers(6, 600))
def test_what_is_inside_gives_up_first(limit: int) -> None:
    chain = timeouts(limit)

    assert chain.connect <= chain.queue < chain.request
    assert chain.pool_wait < chain.request
    assert chain.statement < chain.request < chain.proxy < chain.balancer
    assert chain.request <= chain.graceful < chain.stop


@given(st.integers(1, 5))
def test_no_timeout_is_ever_none(limit: int) -> None:
    assert all(value >= 1 for value in dataclasses.asdict(timeouts(limit)).values())


def test_who_opened_an_idle_connection_lets_go_of_it_first() -> None:
    chain = timeouts(30)

    assert chain.idle_edge < chain.idle_inner


@given(st.integers(2, 300))
def test_a_dead_server_is_out_within_the_time_allowed(failover: int) -> None:
    checks = health(failover)

    assert checks.detection_seconds <= failover
    assert checks.interval >= 1


@pytest.mark.parametrize(
    ("cores", "sites", "budget", "workers"),
    [
        (2, 1, 4000, 5),  # 2 x 2 + 1
        (4, 1, 8000, 9),
        (4, 2, 8000, 5),  # 9 shared by two, rounded up
        (8, 1, 1000, 4),  # four of 250 MiB
        (1, 1, 100, 1),  # never none
    ],
)
def test_workers_follow_the_cores_as_far_as_memory_goes(cores: int, sites: int, budget: int, workers: int) -> None:
    assert app_workers(cores=cores, sites=sites, budget_mib=budget, worker_mib=250) == workers
