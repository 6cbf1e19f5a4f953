"""Systems that change while they run: hosts that leave and come back, stations that stop, caches that are cold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.topology.capacity.simulation.exact import erlang_response
from tests.topology.capacity.simulation.systems import cluster, one_station, workers
from topology.capacity.simulation import (
    Change,
    Choose,
    Discipline,
    Group,
    Leave,
    Model,
    Pick,
    Serve,
    Station,
    Stream,
    Window,
    simulate_transient,
)
from topology.errors import TierwrightError

SERVE = Serve(station="cpu", mean=0.1)


def mean_of(window: Window) -> float:
    assert window.mean is not None
    assert window.p95 is not None
    assert window.p95.value > window.mean.value
    return window.mean.value


def test_without_changes_every_window_is_steady() -> None:
    windows = simulate_transient(one_station(7.0, SERVE), seed=1, horizon=400.0, window=100.0)

    assert [(window.start, window.end) for window in windows] == [(0, 100), (100, 200), (200, 300), (300, 400)]
    for window in windows:
        assert mean_of(window) == pytest.approx(erlang_response(7.0, 0.1, 1), rel=0.15)
        assert window.offered.low <= 7.0 <= window.offered.high or window.offered.value == pytest.approx(7.0, rel=0.03)
        assert window.answered.value == pytest.approx(7.0, rel=0.03)


def test_a_rolling_deploy_is_felt_while_a_host_is_out_and_not_after() -> None:
    out = [Change(at=20.0, group="app", member=1, up=False), Change(at=40.0, group="app", member=1, up=True)]

    windows = simulate_transient(cluster(rate=130.0), out, seed=1, horizon=100.0, window=20.0, runs=8)

    means = [mean_of(window) for window in windows]
    assert means[1] > 2 * means[0]  # 43 requests a second at each of the three, of at most 40
    assert means[4] == pytest.approx(means[0], rel=0.25)
    assert windows[1].waiting.value > 10 * windows[0].waiting.value


def test_with_no_host_left_all_are_refused() -> None:
    change = Change(at=10.0, group="app", up=False)

    windows = simulate_transient(cluster(), [change], seed=1, horizon=30.0, window=10.0, runs=5)

    assert windows[0].refused.value == 0
    assert windows[2].answered.value == 0
    assert windows[2].refused.value == pytest.approx(windows[2].offered.value, rel=1e-2)
    assert windows[2].mean is None
    assert windows[2].p95 is None


@pytest.mark.parametrize("discipline", ["ps", "fcfs"])
def test_a_failover_stops_answers_and_then_works_off_who_waits(discipline: Discipline) -> None:
    model = one_station(20.0, SERVE, servers=4, discipline=discipline)
    failover = [Change(at=20.0, station="cpu", up=False), Change(at=30.0, station="cpu", up=True)]

    windows = simulate_transient(model, failover, seed=1, horizon=80.0, window=10.0, runs=10)

    assert windows[2].answered.value == 0
    assert windows[2].waiting.value == pytest.approx(200, rel=0.1)
    assert windows[3].answered.value == pytest.approx(40.0, rel=0.08)  # as fast as four servers can
    assert mean_of(windows[3]) > 4.0
    assert mean_of(windows[7]) == pytest.approx(mean_of(windows[0]), rel=0.1)
    answered = sum(window.answered.value for window in windows)
    assert answered == pytest.approx(sum(window.offered.value for window in windows), rel=0.01)


def test_services_go_on_where_they_stopped() -> None:
    page = Stream(name="page", rate=50.0, steps=(Serve(station="line", mean=1.0, spread="fixed"),))
    model = Model(streams=(page,), stations=(Station(name="line", servers=None),))
    pause = [Change(at=10.0, station="line", up=False), Change(at=15.0, station="line", up=True)]

    windows = simulate_transient(model, pause, seed=1, horizon=18.0, window=0.5, runs=5)

    paused = {window.start: window for window in windows}
    assert paused[12.0].answered.value == 0
    assert paused[15.0].mean is not None
    assert paused[15.0].mean.value == pytest.approx(6.0)  # a second of service and five of pause
    assert paused[17.0].mean is not None
    assert paused[17.0].mean.value == pytest.approx(1.0)


def test_a_cold_cache_sends_everybody_to_the_database() -> None:
    page = Stream(
        name="page",
        rate=20.0,
        steps=(Serve(station="cpu", mean=0.01), Choose(name="miss", ways=((0.2, (Serve(station="db", mean=0.04),)),))),
    )
    model = Model(streams=(page,), stations=(Station(name="cpu", servers=1), Station(name="db", servers=1)))
    cold = [Change(at=50.0, choose="miss", chances=(1.0,)), Change(at=100.0, choose="miss", chances=(0.2,))]

    windows = simulate_transient(model, cold, seed=1, horizon=200.0, window=50.0)

    database = [0.04 / (1 - 20 * share * 0.04) * share for share in (0.2, 1.0)]
    assert mean_of(windows[0]) == pytest.approx(0.01 / 0.8 + database[0], rel=0.05)
    assert mean_of(windows[1]) == pytest.approx(0.01 / 0.8 + database[1], rel=0.15)
    assert mean_of(windows[3]) == pytest.approx(mean_of(windows[0]), rel=0.05)


def test_services_that_last_longer_from_a_time_on() -> None:
    slow = [Change(at=100.0, station="cpu", factor=1.5)]

    windows = simulate_transient(one_station(5.0, SERVE), slow, seed=1, horizon=200.0, window=100.0)

    assert mean_of(windows[0]) == pytest.approx(erlang_response(5.0, 0.1, 1), rel=0.08)
    assert mean_of(windows[1]) == pytest.approx(erlang_response(5.0, 0.15, 1), rel=0.12)


def test_two_systems_get_the_same_requests() -> None:
    small, large = (
        simulate_transient(one_station(9.0, SERVE, servers=servers), seed=4, horizon=20.0, window=5.0, runs=5)
        for servers in (1, 2)
    )

    assert [window.offered for window in small] == [window.offered for window in large]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(at=1.0), "changes.0: A change is of a group, of a station or of a choice."),
        (Change(at=1.0, group="x", up=False), "changes.0: There is no group x."),
        (Change(at=1.0, group="app"), "changes.0: It is not said whether it goes up or down."),
        (Change(at=1.0, group="app", member=4, up=False), "changes.0: The host must be from 0 to 3, not 4."),
        (Change(at=1.0, station="x", up=False), "changes.0: There is no station x."),
        (Change(at=1.0, station="app", factor=-1.0), "changes.0: The factor must be 0 or more, not -1.0."),
        (Change(at=1.0, choose="x"), "changes.0: There is no choice x."),
        (Change(at=99.0, group="app", up=False), "changes.0: The change at 99 comes after the horizon."),
        (Change(at=float("nan"), group="app"), "changes.0: The time of a change must be a number, not nan."),
    ],
)
def test_changes_that_cannot_be_are_refused(change: Change, sentence: str) -> None:
    with pytest.raises(TierwrightError) as refusal:
        simulate_transient(cluster(), [change], seed=1, horizon=10.0, window=5.0)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("horizon", "window", "runs", "sentence"),
    [
        (0.0, 1.0, 5, "horizon: The horizon must be above 0, not 0.0."),
        (10.0, 20.0, 5, "window: The window must be from a ten thousandth of the horizon to all of it."),
        (10.0, 1.0, 2, "runs: The number of runs must be from 5 to 10,000, not 2."),
        (1e9, 1e8, 5, "runs: All runs would have 1e+12 requests, more than 20,000,000."),
    ],
)
def test_times_that_cannot_be_are_refused(horizon: float, window: float, runs: int, sentence: str) -> None:
    with pytest.raises(TierwrightError) as refusal:
        simulate_transient(cluster(), seed=1, horizon=horizon, window=window, runs=runs)

    assert str(refusal.value) == sentence


def test_held_slots_and_backlogs_go_through_a_change() -> None:
    model = replace(workers(3.0, 4, 10), stations=(Station(name="work", servers=4),))
    stop = [Change(at=20.0, station="work", up=False), Change(at=40.0, station="work", up=True)]

    windows = simulate_transient(model, stop, seed=1, horizon=80.0, window=20.0, runs=6)

    assert windows[1].refused.value == pytest.approx(3.0 - 12 / 20, rel=0.15)  # some 12 find room, and no more
    assert windows[3].refused.value < 0.2


@pytest.mark.parametrize(
    "change",
    [
        Change(at=5.0, group="app", up=False),
        Change(at=5.0, station="cpu", factor=0.0),
        Change(at=5.0, choose="page", chances=(0.0,)),
    ],
)
def test_users_who_never_wait_again_do_not_keep_the_time_from_passing(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topology.capacity.simulation.course_of_changes.MOST_REQUESTS", 10_000)
    page = Choose(ways=((1.0, (Pick(group="app"), SERVE, Leave(group="app"))),), name="page")
    model = Model(
        streams=(Stream(name="people", steps=(page,), users=3),),
        stations=(Station(name="cpu", servers=1, group="app"),),
        groups=(Group(name="app", members=1),),
    )

    with pytest.raises(TierwrightError, match="All runs would have more than 10,000 requests"):
        simulate_transient(model, [change], seed=1, horizon=10.0, window=10.0, runs=5)


def test_a_confidence_that_cannot_be_is_refused() -> None:
    with pytest.raises(TierwrightError, match="The confidence must be"):
        simulate_transient(cluster(), seed=1, horizon=10.0, window=5.0, confidence=1.5)
