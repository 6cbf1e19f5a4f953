"""Formulas that components share: the chain of timeouts, health checks, workers, connections and memory."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.sizing import (
    app_workers,
    busy_connections,
    effective_cache_mib,
    health,
    maintenance_mem_mib,
    page_table_mib,
    pool_size,
    rounded_up,
    shared_buffers_mib,
    timeouts,
    work_mem_kib,
)


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


@pytest.mark.parametrize(("cores", "spindles", "connections"), [(4, 1, 9), (8, 1, 17), (1, 0, 2)])
def test_a_database_is_kept_busy_by_twice_its_cores_and_its_disks(cores: int, spindles: int, connections: int) -> None:
    # PostgreSQL wiki, Number Of Database Connections: a 4-core i7 with one hard disk takes 9
    assert busy_connections(cores, spindles) == connections


@given(st.integers(1, 500), st.integers(1, 50), st.integers(1, 20))
def test_pools_together_hold_what_was_to_be_shared(connections: int, poolers: int, pools: int) -> None:
    size = pool_size(connections, poolers=poolers, pools=pools)

    assert size >= 2
    assert size * poolers * pools >= connections
    assert size == 2 or (size - 1) * poolers * pools < connections


@pytest.mark.parametrize(("number", "step", "up"), [(0, 20, 0), (1, 20, 20), (20, 20, 20), (21, 20, 40)])
def test_steps_round_up(number: int, step: int, up: int) -> None:
    assert rounded_up(number, step) == up


def test_postgresql_takes_the_shares_that_its_manual_and_pgtune_name() -> None:
    # PGTune, web application, 16 GB: a quarter, three quarters, a sixteenth
    assert shared_buffers_mib(16384) == 4096
    assert effective_cache_mib(16384) == 12288
    assert maintenance_mem_mib(16384) == 1024
    assert work_mem_kib(16384, shared_mib=4096, connections=200) == 12288 * 1024 // 600


@given(st.floats(0, 1e6), st.integers(0, 10_000))
def test_work_memory_stays_within_its_bounds(memory: float, connections: int) -> None:
    each = work_mem_kib(memory, shared_mib=shared_buffers_mib(memory), connections=connections)

    assert 1024 <= each <= 64 * 1024


def test_a_page_table_takes_eight_bytes_for_four_kibibytes() -> None:
    assert page_table_mib(4096) == 8
