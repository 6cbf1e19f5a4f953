"""Worker slots and connection pools against closed forms, chains solved number by number, and laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.capacity import queues
from topology.capacity.screen import ENDLESS, LEAST_CONNECTIONS, LONGEST, ROUND_ROBIN, PoolScreen, worker_and_pool
from topology.capacity.screen.quantiles import read, table
from topology.errors import TierwrightError

SEED = 20061125
ONE: dict[str, Any] = {
    "hosts": 1, "cores": 2, "workers": 8, "cpu_seconds": 0.1, "calls": 4, "connections": 8, "database_cores": 256,
    "database_seconds": 0.05,
}  # fmt: skip


def candidates(count: int, seed: int = SEED) -> dict[str, Any]:
    """Random candidates at 5 to 120 % of what their cores could carry."""
    random = np.random.default_rng(seed)
    hosts, cores = random.integers(1, 9, count), random.integers(1, 9, count)
    cpu, database_cores = random.uniform(0.02, 0.2, count), random.integers(1, 17, count)
    database = cpu * random.uniform(0.2, 1.2, count) * database_cores / (hosts * cores)
    workers = cores * random.integers(1, 9, count)
    return {
        "rate": random.uniform(0.05, 1.2, count) * np.minimum(hosts * cores / cpu, database_cores / database),
        "hosts": hosts,
        "cores": cores,
        "workers": workers,
        "connections": np.maximum(1, workers // random.integers(1, 5, count)),
        "calls": random.integers(1, 11, count),
        "cpu_seconds": cpu,
        "database_cores": database_cores,
        "database_seconds": database,
    }


def ends(screen: PoolScreen, name: str) -> tuple[Any, Any, Any]:
    return tuple(getattr(end, name) for end in (screen.low, screen, screen.high))


def test_slots_before_a_delay_are_those_of_the_scalar_formula() -> None:
    # A database that is never busy is a delay.
    rates = (2.0, 10.0, 15.0, 18.0)

    screen = worker_and_pool(rates, backlog=ENDLESS, **ONE)

    for row, rate in enumerate(rates):
        held = queues.slots(rate, 8, 2, 0.1, 0.05)
        assert screen.busy_slots[row] == pytest.approx(held.busy, rel=1e-6)
        assert screen.wait_probability[row] == pytest.approx(held.wait_probability, rel=1e-6)
        alone = 0.1 * queues.ps_stretch(rate * 0.05, 2) + 0.05
        assert screen.mean[row] == pytest.approx(alone + held.wait, rel=1e-6)


def test_with_workers_in_plenty_it_is_the_open_network() -> None:
    # One host, one database, both M/M/c: product form.
    screen = worker_and_pool(
        [5, 10, 15], hosts=1, cores=2, workers=1000, cpu_seconds=0.1, calls=1, connections=1000, database_cores=1,
        database_seconds=0.05,
    )  # fmt: skip

    for row, rate in enumerate((5, 10, 15)):
        exact = queues.mmc(rate, 10, 2).response + queues.mmc(rate, 20, 1).response
        assert screen.mean[row] == pytest.approx(exact, rel=1e-6)


def test_other_hosts_are_an_open_stream_to_the_database() -> None:
    screen = worker_and_pool(
        60, hosts=4, cores=2, workers=500, cpu_seconds=0.1, calls=1, connections=500, database_cores=4,
        database_seconds=0.05,
    )  # fmt: skip

    exact = queues.mmc(15, 10, 2).response + queues.mmc(60, 20, 4).response
    assert screen.mean[0] == pytest.approx(exact, rel=1e-6)
    assert screen.database_utilisation[0] == pytest.approx(0.75)


def test_requests_that_hold_a_core_and_a_worker_each_are_turned_away_as_in_mmck() -> None:
    # Two workers on two cores, five may wait: M/M/2/7.
    given = {"cores": 2, "workers": 2, "cpu_seconds": 0.1, "database_seconds": 0.0, "calls": 0, "backlog": 5}

    screen = worker_and_pool([10, 19.9999, 20, 30], **(ONE | given))

    for row, rate in enumerate((10, 19.9999, 20, 30)):
        exact = queues.mmc(rate, 10, 2, capacity=7)
        assert screen.refused[row] == pytest.approx(exact.blocking, rel=1e-4)
        assert screen.mean[row] == pytest.approx(exact.response, rel=1e-4)
        assert screen.wait_probability[row] == pytest.approx(exact.wait_probability, rel=1e-4)
        assert screen.utilisation[row] == pytest.approx(exact.utilisation, rel=1e-4)
    assert screen.saturated.tolist() == [False, False, True, True]


def test_the_spread_of_one_shared_core_is_the_published_one() -> None:
    # M/M/1 under processor sharing (Coffman, Muntz, Trotter 1970): variance R^2 (2 + load) / (2 - load).
    rates = np.array([2.5, 5.0, 7.5, 9.0])

    screen = worker_and_pool(
        rates, hosts=1, cores=1, workers=1000, cpu_seconds=0.1, calls=0, connections=1, database_cores=1,
        database_seconds=0.0,
    )  # fmt: skip

    for row, load in enumerate(rates / 10):
        mean = 0.1 / (1 - load)
        exact = read(table(), mean, queues.mm1_ps_variance(rates[row], 0.1), 1)
        assert screen.p95[row] == pytest.approx(exact, rel=1e-4)


def test_few_workers_are_a_cliff() -> None:
    # Two cores at 136 a second on four hosts, the fewer workers, the less is served: an event simulation served 104,
    # 130 and all, and with eight and 32 workers answered after 0.218 and 0.236 s.
    screen = worker_and_pool(
        136, hosts=4, cores=2, workers=[2, 3, 4, 8, 32], cpu_seconds=0.05, calls=3, connections=8, database_cores=4,
        database_seconds=0.025, spread="exponential",
    )  # fmt: skip

    served = 136 * (1 - screen.refused)
    assert served[:2] == pytest.approx([104, 130], rel=0.03)
    assert served[2:] == pytest.approx([136, 136, 136], rel=1e-3)
    assert screen.saturated.tolist() == [True, True, False, False, False]
    assert screen.mean[3:] == pytest.approx([0.218, 0.236], rel=0.02)


def test_whatever_is_asked_the_answer_is_a_number() -> None:
    given = candidates(400)
    given["rate"][:40] = 1e9
    given["rate"][40:80] = 0
    given["cpu_seconds"][80:120] = 0
    given["database_seconds"][100:140] = 0

    for spread in ("own", "exponential"):
        screen = worker_and_pool(
            **given, policy=np.arange(400) % 3, front_hosts=[1, 2], front_cores=4, front_seconds=[0.001, 0.0],
            spread=spread,
        )  # fmt: skip
        for name in ("mean", "p50", "p95", "p99"):
            low, found, high = ends(screen, name)
            assert np.isfinite(high).all()
            assert ((low >= 0) & (low <= found) & (found <= high) & (high <= LONGEST)).all()
        for array in (screen.wait, screen.busy_slots, screen.utilisation, screen.load, screen.front_utilisation):
            assert np.isfinite(array).all()
            assert (array >= 0).all()
        assert ((screen.refused >= 0) & (screen.refused <= 1)).all()
        assert screen.saturated[:40].all()
        assert not screen.saturated[40:80].any()


def test_nobody_asks_and_a_request_takes_its_own_time() -> None:
    screen = worker_and_pool(0, **ONE)

    assert screen.mean[0] == pytest.approx(0.15, rel=1e-6)
    assert screen.busy_slots[0] == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(min_value=0, max_value=10_000),
    which=st.sampled_from(["rate", "hosts", "cores", "database_cores", "connections"]),
)
def test_more_traffic_is_slower_and_more_hardware_is_faster(seed: int, which: str) -> None:
    given = candidates(20, seed)
    more = dict(given)
    more[which] = given[which] * 1.1 if which == "rate" else given[which] + 1

    before, after = (worker_and_pool(**each, backlog=ENDLESS) for each in (given, more))

    slow, fast = (after, before) if which == "rate" else (before, after)
    both = ~slow.saturated
    assert not fast.saturated[both].any()
    # Elsewhere queued means more at once at the next station, so that two percentiles may move by a hair.
    for name, slack in (("mean", 1e-6), ("p95", 0.01), ("p99", 0.02)):
        assert (getattr(slow, name)[both] >= getattr(fast, name)[both] * (1 - slack)).all()


@pytest.mark.parametrize("unit", [1e-3, 60.0])
@pytest.mark.parametrize("spread", ["own", "exponential"])
def test_the_unit_of_time_does_not_matter(unit: float, spread: Any) -> None:
    given = candidates(100)
    other = (
        given
        | {"rate": given["rate"] / unit}
        | {name: given[name] * unit for name in ("cpu_seconds", "database_seconds")}
    )

    one, scaled = (worker_and_pool(**each, spread=spread, longest=1e9) for each in (given, other))

    assert scaled.p95 == pytest.approx(one.p95 * unit, rel=1e-6)
    assert scaled.refused == pytest.approx(one.refused, abs=1e-9)


def test_hosts_that_have_nothing_in_common_are_each_alone() -> None:
    many = worker_and_pool(40, **(ONE | {"hosts": 4}))

    assert many.mean[0] == pytest.approx(worker_and_pool(10, **ONE).mean[0], rel=1e-6)


def test_a_tier_in_front_adds_its_own_time() -> None:
    behind = worker_and_pool(10, **ONE)

    screen = worker_and_pool(10, **ONE, front_hosts=1, front_cores=1, front_seconds=0.05)

    assert screen.mean[0] - behind.mean[0] == pytest.approx(0.1, rel=1e-6)
    assert screen.front_utilisation.tolist() == [[0.5]]
    assert worker_and_pool(10, **ONE, front_hosts=1, front_cores=1, front_seconds=0.2).saturated[0]


@pytest.mark.parametrize("policy", [ROUND_ROBIN, LEAST_CONNECTIONS])
def test_a_better_balancer_is_faster_than_the_random_split(policy: int) -> None:
    given = candidates(60)

    split, balanced = worker_and_pool(**given), worker_and_pool(**given, policy=policy)

    stable = ~split.saturated
    assert (balanced.mean[stable] <= split.mean[stable] * (1 + 1e-9)).all()
    assert (balanced.low.mean[stable] <= balanced.mean[stable]).all()


def test_refused_requests_do_not_load_the_database() -> None:
    # Three times what the workers pass: the database sees what is admitted.
    given = ONE | {"hosts": 4, "workers": 2, "database_cores": 4, "database_seconds": 0.1}

    screen = worker_and_pool(240, **given, backlog=10)

    served = 240 * (1 - screen.refused[0])
    assert served < 80
    assert screen.database_utilisation[0] == pytest.approx(served * 0.1 / 4, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"rate": float("inf")}, "rate"),
        ({"workers": 0}, "workers"),
        ({"cores": 1000}, "cores"),
        ({"connections": 0}, "connections"),
        ({"database_seconds": -1}, "database_seconds"),
        ({"hosts": [1, 2], "cores": [1, 2, 3]}, "fit"),
    ],
)
def test_what_no_topology_can_be_is_refused_by_name(change: dict[str, Any], where: str) -> None:
    with pytest.raises(TierwrightError, match=where):
        worker_and_pool(**({"rate": 10} | ONE | change))
