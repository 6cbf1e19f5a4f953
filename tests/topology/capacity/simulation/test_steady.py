"""How a simulation ends: precise, out of requests or saturated; the same for a seed, and comparable for two systems."""

from __future__ import annotations

from dataclasses import replace
from math import isclose

import numpy as np
import pytest

from tests.topology.capacity.simulation.systems import cluster, one_station, workers
from topology.capacity.simulation import (
    Choose,
    Free,
    Hold,
    Model,
    Serve,
    Slots,
    Station,
    Stream,
    compare,
    simulate,
    warm,
)
from topology.capacity.simulation.interval import half_width, ratio, student
from topology.errors import TierwrightError


def test_the_same_seed_gives_the_same_outcome() -> None:
    first, second = (simulate(cluster(), seed=3, most_requests=50_000) for _ in range(2))
    other = simulate(cluster(), seed=4, most_requests=50_000)

    assert first == second
    assert other != first


def test_it_stops_once_it_is_precise_and_says_so() -> None:
    outcome = simulate(cluster(), seed=1, precision=0.05)

    assert outcome.precise
    assert outcome.requests < 200_000
    assert outcome.overall.mean is not None
    assert outcome.overall.mean.high <= outcome.overall.mean.value * 1.05


def test_it_says_where_it_did_not_become_precise() -> None:
    outcome = simulate(cluster(), seed=1, precision=0.0001, most_requests=100_000)

    assert not outcome.precise
    assert 90_000 <= outcome.requests <= 100_000


@pytest.mark.parametrize("load", [1.0, 1.05, 3.0])
def test_a_station_asked_for_too_much_is_saturated(load: float) -> None:
    outcome = simulate(one_station(10.0 * load, Serve(station="cpu", mean=0.1)), seed=1)

    assert outcome.saturated == f"cpu is saturated: it is asked for {load:.4g} times what it can serve."
    assert not outcome.stable
    assert not outcome.precise
    assert outcome.overall.mean is None
    assert outcome.overall.p99 is None
    assert outcome.requests < 200_000


def test_what_a_saturated_system_carries_is_told() -> None:
    outcome = simulate(one_station(20.0, Serve(station="cpu", mean=0.1)), seed=1)

    assert outcome.overall.throughput.value == pytest.approx(10.0, rel=0.02)
    assert outcome.stations["cpu"].utilisation is not None
    assert outcome.stations["cpu"].utilisation.value == pytest.approx(1.0)


def test_a_thousandfold_load_is_saturated_and_has_no_odd_numbers() -> None:
    outcome = simulate(one_station(10_000.0, Serve(station="cpu", mean=0.1)), seed=1, most_requests=100_000)

    assert outcome.saturated.startswith("cpu is saturated")
    assert outcome.overall.throughput.value == pytest.approx(10.0, rel=0.05)
    assert "nan" not in repr(outcome)
    assert "inf" not in repr(outcome)


def test_more_than_a_computer_can_keep_is_refused() -> None:
    page = Stream(name="page", rate=1e6, steps=(Serve(station="line", mean=60.0),))

    with pytest.raises(
        TierwrightError, match=r"^More than 524,288 requests would be in the system at once: too many\.$"
    ):
        simulate(Model(streams=(page,), stations=(Station(name="line", servers=None),)), seed=1)


def test_too_few_slots_are_found_to_be_saturated() -> None:
    outcome = simulate(workers(4.0, 3, None), seed=1)

    assert outcome.saturated == "workers is saturated: the queue there grows without end."


def test_a_backlog_refuses_instead_of_saturating() -> None:
    outcome = simulate(workers(4.0, 3, 10), seed=1, precision=0.05, most_requests=200_000)

    assert outcome.stable
    assert outcome.overall.refused.value > 0.2


@pytest.mark.parametrize("load", [0.9, 0.97])
def test_a_long_queue_is_not_taken_for_one_without_end(load: float) -> None:
    outcome = simulate(one_station(10.0 * load, Serve(station="cpu", mean=0.1)), seed=5, most_requests=400_000)

    assert outcome.stable


def test_slots_that_take_long_to_fill_are_not_saturated() -> None:
    page = Stream(
        name="page",
        rate=400.0,
        steps=(Hold(slots="connections"), Serve(station="idle", mean=60.0, spread="fixed"), Free(slots="connections")),
    )
    model = replace(workers(1.0, 1, None), streams=(page,), slots=(Slots(name="connections", count=25_000),))
    model = replace(model, stations=(Station(name="idle", servers=None),))

    outcome = simulate(model, seed=1, most_requests=400_000, precision=0.05)

    assert outcome.stable
    assert outcome.slots["connections"].held.value == pytest.approx(24_000, rel=0.02)


def test_common_random_numbers_make_a_difference_sure() -> None:
    before = cluster("round_robin")
    faster = Serve(station="app", mean=0.049)
    page = replace(before.streams[0], steps=(*before.streams[0].steps[:2], faster, *before.streams[0].steps[3:]))
    after = replace(before, streams=(page,))

    common = compare(before, after, seed=2, most_requests=60_000, precision=0.001)
    apart = [
        simulate(model, seed=seed, most_requests=60_000, precision=0.001).overall.mean
        for seed, model in ((2, before), (3, after))
    ]

    assert common.mean is not None
    widths = [number.high - number.low for number in apart if number is not None]
    assert len(widths) == 2
    assert common.mean.high < 0  # two hundredths of a page's cost are seen with certainty
    assert common.mean.high - common.mean.low < 0.2 * min(widths)  # and cannot be where seeds differ


def test_streams_keep_their_requests_whatever_else_is_in_the_model() -> None:
    alone = one_station(2.0, Serve(station="cpu", mean=0.1), servers=500)
    more = replace(alone, streams=(Stream(name="api", rate=9.0, steps=alone.streams[0].steps), *alone.streams))

    both = compare(alone, more, seed=5, most_requests=20_000)

    one, other = both.before.streams["page"].mean, both.after.streams["page"].mean
    assert one is not None
    assert other is not None
    assert isclose(one.value, other.value, rel_tol=0.05)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"precision": 0.0}, "precision: The precision must be above 0, not 0.0."),
        ({"precision": float("nan")}, "precision: The precision must be a number, not nan."),
        ({"confidence": 1.0}, "confidence: The confidence must be from 0.5 to below 1, not 1.0."),
        ({"most_requests": 10}, "most_requests: The most requests must be 2,000 or more, not 10."),
        ({"warm_up": -1}, "warm_up: The warm-up must be from 0 to 2,000,000, not -1."),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, float], sentence: str) -> None:
    with pytest.raises(TierwrightError) as refusal:
        simulate(cluster(), seed=1, **settings)  # type: ignore[arg-type]

    assert str(refusal.value) == sentence


def test_users_whose_requests_hardly_ever_take_time_are_refused() -> None:
    rarely = Choose(ways=((1e-9, (Serve(station="cpu", mean=1.0),)),))
    model = Model(
        streams=(Stream(name="people", steps=(rarely,), users=2),), stations=(Station(name="cpu", servers=1),)
    )

    with pytest.raises(TierwrightError, match="ask again at once"):
        simulate(model, seed=1, most_requests=2_000)


def test_students_quantiles_are_those_of_the_tables() -> None:
    assert student(0.95, 20) == pytest.approx(2.0860, abs=2e-4)
    assert student(0.99, 10) == pytest.approx(3.1693, abs=2e-3)
    assert student(0.90, 39) == pytest.approx(1.6849, abs=1e-4)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    draws = np.random.default_rng(1).normal(5.0, 1.0, (2_000, 25))

    held = sum(abs(row.mean() - 5.0) <= half_width(row, 0.95) for row in draws) / len(draws)

    assert 0.94 <= held <= 0.985  # more than 95 %: neighbours that happen to be alike widen it


def test_a_ratio_of_nothing_is_not_a_number_with_no_bounds() -> None:
    value, half = ratio(np.zeros(20), np.zeros(20), 0.95)

    assert np.isnan(value)
    assert np.isinf(half)


def test_warming_up_runs_the_loop() -> None:
    assert warm() in (True, False)
