"""Queues against published values and laws that hold for any of them."""

from __future__ import annotations

import heapq
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.capacity import queues
from topology.capacity.queues import mmc, mmc_percentile
from topology.capacity.screen.inputs import ROUND_ROBIN
from topology.capacity.screen.stations import balancing

loads = st.floats(min_value=0.01, max_value=0.97)
cores = st.integers(min_value=1, max_value=64)


def test_one_server_at_three_quarters_load() -> None:
    # PDQ, example open1: M/M/1, 0.75 a second, one second each.
    station = mmc(0.75, 1, 1)

    assert (station.response, station.queue_length) == pytest.approx((4, 3))
    assert mmc_percentile(0.95, 0.75, 1, 1) == pytest.approx(11.98293, abs=1e-5)
    assert mmc_percentile(0.99, 0.75, 1, 1) == pytest.approx(18.42068, abs=1e-5)


@pytest.mark.parametrize(
    ("servers", "waits", "response", "waiting"),
    [(2, 0.852632, 1.052632, 7.67368), (4, 0.128534, 0.211685, 0.10516)],
)
def test_several_servers(servers: int, waits: float, response: float, waiting: float) -> None:
    # octave-queueing, qsmmm: 9 a second, 5 a second each.
    station = mmc(9, 5, servers)

    assert station.wait_probability == pytest.approx(waits, abs=1e-6)
    assert station.response == pytest.approx(response, abs=1e-6)
    assert station.waiting_length == pytest.approx(waiting, abs=1e-5)


def test_erlang_c_of_a_call_centre() -> None:
    # Two calls a minute of three minutes, ten agents: "about 0.10".
    assert queues.erlang_c(10, 6) == pytest.approx(0.101299, abs=1e-6)


def test_a_limited_system_turns_some_away() -> None:
    # octave-queueing, qsmmmk: M/M/3/7, 40 a second, 30 a second each.
    station = mmc(40, 30, 3, capacity=7)

    assert station.empty_probability == pytest.approx(0.255037, abs=1e-6)
    assert station.response == pytest.approx(0.036517, abs=1e-6)
    assert station.blocking > 0


@pytest.mark.parametrize(("servers", "expected"), [(2, (0.7538, 3.0594, 4.6689)), (4, (0.1510, 0.6190, 0.9413))])
def test_percentiles_of_several_servers(servers: int, expected: tuple[float, ...]) -> None:
    found = tuple(mmc_percentile(share, 9, 5, servers) for share in (0.5, 0.95, 0.99))

    assert found == pytest.approx(expected, abs=5e-5)


def test_percentiles_where_wait_and_service_are_equally_long() -> None:
    # c*mu - lambda = mu: the two exponentials of the formula coincide.
    near = mmc_percentile(0.95, 5 + 1e-6, 5, 2)

    assert mmc_percentile(0.95, 5, 5, 2) == pytest.approx(near, rel=1e-5)


def test_an_open_network_is_the_sum_of_its_stations() -> None:
    # Jain 1991, example 34.1: 3 a second; visits 16, 7, 8; services 0.01, 0.02, 0.03.
    residence = [
        visits * service * queues.ps_stretch(3 * visits * service, 1)
        for visits, service in ((16, 0.01), (7, 0.02), (8, 0.03))
    ]

    assert sum(residence) == pytest.approx(1.40621, abs=1e-5)


@pytest.mark.parametrize(("scv", "response"), [(0, 2.5), (1, 4), (4, 8.5)])
def test_first_come_first_served_feels_the_spread_of_service(scv: float, response: float) -> None:
    # Pollaczek and Khinchine at a load of 0.75.
    assert queues.mg1_response(0.75, 1, scv, "fcfs") == pytest.approx(response)


@pytest.mark.parametrize("scv", [0, 1, 4])
def test_processor_sharing_does_not(scv: float) -> None:
    assert queues.mg1_response(0.75, 1, scv, "ps") == pytest.approx(4)


def test_variance_under_processor_sharing() -> None:
    # Coffman, Muntz and Trotter 1970: 35.2 at a load of 0.75, where first come first served has 16.
    assert queues.mm1_ps_variance(0.75, 1) == pytest.approx(35.2)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (2, 0.5), (2, 0.8), (4, 0.8), (8, 0.7)])
def test_the_spread_under_processor_sharing_against_a_simulation(servers: int, load: float) -> None:
    mean, scv = _simulated_sharing(servers, load, requests=200_000)

    # Standard errors over eight runs: at most 2.2 % of the mean and 0.06 of the spread; three of them are allowed.
    assert queues.ps_stretch(load, servers) == pytest.approx(mean, rel=0.066)
    assert queues.ps_scv(load, servers) == pytest.approx(scv, abs=0.15 + 0.18)


def _simulated_sharing(servers: int, load: float, *, requests: int) -> tuple[float, float]:
    """Mean and squared coefficient of variation of the response on shared cores, service exponential of mean 1.

    Each request leaves when the work done for any one request since it came has reached its own.
    """
    chance = random.Random(21)
    now = done = 0.0
    coming = chance.expovariate(load * servers)
    inside: list[tuple[float, float]] = []
    responses: list[float] = []
    while len(responses) < requests:
        pace = min(1.0, servers / len(inside)) if inside else 0.0
        leaving = now + (inside[0][0] - done) / pace if inside else math.inf
        if coming < leaving:
            done += pace * (coming - now)
            now = coming
            heapq.heappush(inside, (done + chance.expovariate(1), now))
            coming = now + chance.expovariate(load * servers)
        else:
            done, came = heapq.heappop(inside)
            now = leaving
            responses.append(now - came)
    mean = sum(responses) / requests
    return mean, sum((time - mean) ** 2 for time in responses) / requests / mean**2


@given(load=loads, servers=cores)
def test_littles_law(load: float, servers: int) -> None:
    station = mmc(load * servers, 1, servers)

    assert station.queue_length == pytest.approx(load * servers * station.response)
    assert station.waiting_length == pytest.approx(load * servers * station.wait, abs=1e-12)


@given(load=st.floats(min_value=0, max_value=3), servers=st.integers(1, 8), room=st.integers(0, 30))
def test_littles_law_with_a_limit(load: float, servers: int, room: int) -> None:
    station = mmc(load * servers, 1, servers, capacity=servers + room)

    accepted = load * servers * (1 - station.blocking)
    assert station.queue_length == pytest.approx(accepted * station.response, abs=1e-9)
    assert station.utilisation == pytest.approx(accepted / servers, abs=1e-9)


def test_a_wide_limit_is_no_limit() -> None:
    assert mmc(9, 5, 2, capacity=2000).response == pytest.approx(mmc(9, 5, 2).response, rel=1e-9)


@given(load=loads, servers=st.integers(1, 63))
def test_more_cores_never_slow_anyone_down(load: float, servers: int) -> None:
    assert queues.ps_stretch(load, servers + 1) <= queues.ps_stretch(load, servers)


@given(load=loads, servers=cores)
def test_the_stretch_is_that_of_the_queue(load: float, servers: int) -> None:
    assert queues.ps_stretch(load, servers) == pytest.approx(mmc(load * servers, 1, servers).response)


@pytest.mark.parametrize("think", [0.5, 3, 15])
def test_the_closed_network_agrees_with_mean_value_analysis(think: float) -> None:
    queue = 0.0
    for customers in range(1, 21):
        response = 1.2 * (1 + queue)
        throughput = customers / (think + response)
        queue = throughput * response

        assert queues.closed_throughput(customers, 1, 1.2, think) == pytest.approx(throughput)


@given(
    customers=st.integers(1, 300),
    servers=st.integers(1, 32),
    service=st.floats(min_value=1e-4, max_value=10),
    think=st.floats(min_value=0, max_value=100),
)
def test_the_closed_network_keeps_its_bounds(customers: int, servers: int, service: float, think: float) -> None:
    throughput = queues.closed_throughput(customers, servers, service, think)

    assert throughput <= min(servers / service, customers / (service + think)) * (1 + 1e-9)
    assert throughput >= queues.closed_throughput(1, servers, service, think) * (1 - 1e-9)


def test_one_slot_is_one_queue() -> None:
    # Held for 0.1 s on average, whatever for: M/M/1 with 0.1 s (four cores, so hardly any queue for them).
    held = queues.slots(6, 1, 4, 0.04, 0.06)

    assert held.busy == pytest.approx(0.6)
    assert held.wait == pytest.approx(0.1 / (1 - 0.6) - 0.1, rel=1e-4)


@given(load=st.floats(min_value=0.05, max_value=0.9), count=st.integers(4, 60))
def test_slots_for_every_core_that_wait_for_nothing_add_no_wait(load: float, count: int) -> None:
    assert queues.slots(load * 4 / 0.05, count, 4, 0.05, 0).wait == pytest.approx(0, abs=1e-9)


@given(load=st.floats(min_value=0.05, max_value=0.95), count=st.integers(1, 60))
def test_slots_obey_littles_law(load: float, count: int) -> None:
    rate = load * queues.closed_throughput(count, 2, 0.04, 0.1)

    held = queues.slots(rate, count, 2, 0.04, 0.1)
    more = queues.slots(rate, count + 1, 2, 0.04, 0.1)

    assert 0 < held.busy < count
    assert held.busy >= rate * 0.14 * (1 - 1e-9)
    assert more.wait <= held.wait + 1e-12


def test_long_queues_do_not_overflow() -> None:
    assert mmc(10_000, 1, 2, capacity=3000).blocking == pytest.approx(0.9998)
    assert queues.slots(999, 200, 64, 0.05, 0.02).busy == pytest.approx(999 * 0.07, rel=0.05)


def test_nothing_asked_holds_nothing() -> None:
    assert queues.slots(0, 5, 2, 0.05, 0.02) == queues.Slots(busy=0, wait=0, wait_probability=0)
    assert mmc(0, 5, 2, capacity=3).response == pytest.approx(0.2)
    assert mmc_percentile(0, 1, 5, 2) == 0


def test_percentiles_of_a_limited_system_against_a_recursion() -> None:
    rng, clock, resting, leaving, found = random.Random(3), 0.0, [0.0] * 3, list[float](), list[float]()
    for _ in range(200_000):
        clock += rng.expovariate(40)
        while leaving and leaving[0] <= clock:
            heapq.heappop(leaving)
        if len(leaving) < 7:
            end = max(heapq.heappop(resting), clock) + rng.expovariate(30)
            heapq.heappush(resting, end)
            heapq.heappush(leaving, end)
            found.append(end - clock)
    found.sort()

    for share in (0.5, 0.9, 0.99):
        assert mmc_percentile(share, 40, 30, 3, capacity=7) == pytest.approx(found[int(share * len(found))], rel=0.02)


@pytest.mark.parametrize(("rate", "servers"), [(0.75, 1), (9, 2), (18, 4)])
def test_much_room_is_as_good_as_endless_room(rate: float, servers: int) -> None:
    for share in (0.5, 0.95, 0.99):
        limited = mmc_percentile(share, rate, 5 if servers > 1 else 1, servers, capacity=2000)
        assert limited == pytest.approx(mmc_percentile(share, rate, 5 if servers > 1 else 1, servers), rel=1e-9)


def test_without_room_to_wait_a_response_is_a_service() -> None:
    for servers in (1, 4):
        found = mmc_percentile(0.9, 7, 2, servers, capacity=servers)
        assert found == pytest.approx(-math.log(0.1) / 2, rel=1e-9)


@pytest.mark.parametrize(
    ("scv", "discipline", "expected"),
    [(1, "fcfs", 16), (0, "fcfs", 3.25), (1, "ps", 35.2), (0, "ps", None), (4, "fcfs", None)],
)
def test_the_variance_of_a_response(scv: float, discipline: queues.Discipline, expected: float | None) -> None:
    assert queues.mg1_variance(0.75, 1, scv, discipline) == pytest.approx(expected)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: mmc(10, 5, 2),
        lambda: mmc(-1, 5, 2),
        lambda: mmc(1, 5, 3, capacity=2),
        lambda: queues.ps_stretch(1, 2),
        lambda: queues.ps_scv(1.2, 2),
        lambda: queues.mg1_response(1, 1, 1, "ps"),
        lambda: queues.slots(25, 1, 4, 0.04, 0.06),
        lambda: mmc_percentile(1, 1, 5, 2),
    ],
)
def test_without_a_steady_state_there_is_no_answer(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(ValueError, match=r"must|percentile"):
        ask()


@pytest.mark.parametrize(("servers", "load"), [(2, 0.3), (4, 0.7), (8, 0.95)])
def test_dealing_in_turn_is_what_the_screen_takes_it_for(servers: int, load: float) -> None:
    assert queues.dealt_in_turn(load, servers) == pytest.approx(balancing(ROUND_ROBIN, servers, load, 1.0), rel=1e-12)


def test_dealing_to_one_server_changes_nothing() -> None:
    assert queues.dealt_in_turn(0.9, 1) == 1.0


@given(load=st.floats(0.05, 0.9), servers=st.integers(1, 6))
def test_a_crowd_without_a_bound_is_that_of_shared_cores(load: float, servers: int) -> None:
    assert queues.bounded_stretch(load, servers, 600) == pytest.approx(queues.ps_stretch(load, servers), rel=1e-6)


def test_a_bound_shortens_the_wait_and_a_tight_one_ends_it() -> None:
    stretched = [queues.bounded_stretch(0.87, 2, most) for most in (2, 3, 6, 12, 100)]

    assert stretched[0] == 1.0
    assert stretched == sorted(stretched)
    assert stretched[-1] == pytest.approx(queues.ps_stretch(0.87, 2), rel=1e-4)


def test_the_bounded_crowd_is_busy_as_it_was_said_to_be() -> None:
    """M/M/1/2 with half of its time busy: 1/(1+a+a²) of it is empty, so a² + a = 1, and who gets in meets a/(1+a)."""
    offered = (5**0.5 - 1) / 2

    assert queues.bounded_stretch(0.5, 1, 2) == pytest.approx(1 + offered / (1 + offered), rel=1e-9)
