"""The chapter's advice in numbers: a page of 120 ms on a prefork server, and the sites that the advice is told of."""

from __future__ import annotations

import math

import pytest

from topology.capacity.lessons import keep_alive, memcached, memory_first, separate_database, separate_media, swapping
from topology.capacity.queues import mmc
from topology.capacity.simulation import Free, Group, Hold, Leave, Model, Pick, Serve, Slots, Station, Step, Stream
from topology.capacity.simulation import simulate as run
from topology.popularity import best_hit_ratio

PAGE, WORKERS, WORKER_MIB, THINK = 0.120, 150, 25, 10.0


@pytest.mark.parametrize(("timeout", "expected"), [(0, 1250), (2, 77.6), (5, 37.0), (15, 19.0)])
def test_prefork_workers_pass_few_pages_with_keep_alive(timeout: float, expected: float) -> None:
    passed = keep_alive.most_pages(WORKERS, PAGE, THINK, timeout)

    assert passed == pytest.approx(expected, abs=0.05)


def test_keep_alive_of_15_seconds_costs_66_times_the_pages_or_the_workers() -> None:
    off, on = (keep_alive.slot_seconds(PAGE, THINK, timeout) for timeout in (0, 15))
    few, many = (keep_alive.workers_held(50, PAGE, THINK, timeout) for timeout in (0, 15))

    assert round(on / off) == 66
    assert (round(few), round(many)) == (6, 394)
    assert few * WORKER_MIB / 1024 == pytest.approx(0.15, abs=0.005)
    assert many * WORKER_MIB / 1024 == pytest.approx(9.6, abs=0.05)


def test_a_visitor_who_asks_again_at_once_holds_no_slot_idle() -> None:
    assert keep_alive.slot_seconds(PAGE, 0, 15) == PAGE
    assert keep_alive.slot_seconds(PAGE, THINK, math.inf) == pytest.approx(PAGE + THINK)


@pytest.mark.parametrize(("mbit", "expected"), [(0.256, 375), (4, 24)])
def test_slow_clients_hold_slots_while_they_take_files(mbit: float, expected: float) -> None:
    assert separate_media.slots_held(50 * 12, 20_000, mbit) == pytest.approx(expected)


def test_a_database_of_25_beside_an_application_of_40_ms_is_worth_a_host() -> None:
    together = separate_database.together_rate(2, 0.040, 0.025)
    apart = separate_database.apart_rate(2, 0.040, 0.025)

    assert together == pytest.approx(30.8, abs=0.05)
    assert apart == pytest.approx(50)
    assert apart / together == pytest.approx(1.625)


def test_at_30_pages_a_second_the_answer_comes_in_92_in_place_of_1316_ms() -> None:
    before = separate_database.response(30, 2, 0.065)
    after = separate_database.response(30, 2, 0.040, 0.025)

    assert before is not None
    assert round(before * 1000) == 1316
    assert after is not None
    assert round(after * 1000) == 92
    assert separate_database.response(31, 2, 0.065) is None


def test_where_python_does_most_of_the_work_a_database_server_buys_little() -> None:
    gain = separate_database.apart_rate(1, 0.925, 0.075) / separate_database.together_rate(1, 0.925, 0.075)

    assert gain == pytest.approx(1.08, abs=0.005)


@pytest.mark.parametrize(("gib", "expected"), [(0.25, 9.2), (1, 24.1), (1.5, 55.9), (2, 80), (4, 80)])
def test_the_disk_is_the_limit_until_the_database_fits(gib: float, expected: float) -> None:
    hits = memory_first.hit_ratio(gib, 2, 0.8)
    carried = min(2 / 0.025, memory_first.disk_rate(40, 8, hits))

    assert carried == pytest.approx(expected, abs=0.05)


def test_a_faster_processor_is_useless_before_the_database_fits_and_everything_after() -> None:
    def carried(gib: float, cpu_rate: float) -> float:
        return min(cpu_rate, memory_first.disk_rate(40, 8, memory_first.hit_ratio(gib, 2, 0.8)))

    assert carried(1, 160) == carried(1, 80)
    assert carried(2, 160) == 2 * carried(2, 80)


def test_the_rule_of_thumb_is_near_zipfs_law_and_above_it_for_small_caches() -> None:
    for share in (0.125, 0.5, 0.75):
        exact = best_hit_ratio(1_000_000, share * 1_000_000, 0.8)
        assert exact <= memory_first.hit_ratio(share, 1, 0.8) <= exact * 1.04


def test_hits_rise_with_memory_also_under_a_steep_law() -> None:
    ratios = [memory_first.hit_ratio(gib, 2, 1.2) for gib in (0, 0.1, 0.5, 1.5, 2)]

    assert ratios == sorted(ratios)
    assert (ratios[0], ratios[-1]) == (0, 1)


def test_workers_beyond_the_memory_carry_less_the_more_they_are() -> None:
    fitting = swapping.most_workers(4096, 346, 25)
    rates = [
        swapping.fault_rate(swapping.swapped_share(count, 25, 3750), 5, 8) for count in (fitting, 151, 160, 180, 300)
    ]

    assert fitting == 150
    assert rates[0] == math.inf
    assert rates == sorted(rates, reverse=True)
    assert rates[1] > 10 > 1 > rates[3]


@pytest.mark.parametrize(("hits", "expected"), [(0, 48.8), (0.8, 129.9), (0.9, 163.9)])
def test_a_cache_that_is_asked_often_carries_the_site(hits: float, expected: float) -> None:
    assert memcached.cached_rate(2, 0.001, 0.040, hits, removed=0.8) == pytest.approx(expected, abs=0.05)


def clustered(servers: int, rate: float, *, backlog: int | None = None) -> Model:
    """A balancer, servers of two cores and eight workers, each page 50 ms in four slices between three queries."""
    page: list[Step] = [Serve(station="balancer", mean=0.002), Pick(group="web"), Hold(slots="workers")]
    for _ in range(3):
        page += [Serve(station="cores", mean=0.050 / 4), Serve(station="database", mean=0.025 / 3)]
    page += [Serve(station="cores", mean=0.050 / 4), Free(slots="workers"), Leave(group="web")]
    return Model(
        streams=(Stream(name="page", rate=rate, steps=tuple(page)),),
        stations=(
            Station(name="balancer", servers=2),
            Station(name="cores", servers=2, group="web"),
            Station(name="database", servers=4),
        ),
        slots=(Slots(name="workers", count=8, group="web", backlog=backlog),),
        groups=(Group(name="web", members=servers),),
    )


@pytest.mark.parametrize(("servers", "expected"), [(4, 325), (3, 581)])
def test_when_one_of_four_web_servers_dies_the_slowest_wait_nearly_twice_as_long(servers: int, expected: float) -> None:
    outcome = run(clustered(servers, 100), seed=3, precision=0.02, most_requests=400_000)

    slowest = outcome.overall.p99
    assert slowest is not None
    assert slowest.low * 1000 <= expected <= slowest.high * 1000
    assert slowest.high - slowest.low < 0.2 * slowest.value


def test_three_of_them_refuse_every_eighth_page_of_136_a_second() -> None:
    outcome = run(clustered(3, 136, backlog=64), seed=3, precision=0.02, most_requests=400_000)
    exact = mmc(136 / 3, 20, 2, capacity=2 + 64).blocking

    assert outcome.overall.refused.low <= 0.12 <= outcome.overall.refused.high
    assert exact == pytest.approx(0.12, abs=0.005)
