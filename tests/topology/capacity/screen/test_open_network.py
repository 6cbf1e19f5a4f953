"""The open network against the scalar formulas, and laws that hold for any candidate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.capacity import queues
from topology.capacity.percentiles import gamma_percentile
from topology.capacity.screen import LEAST_CONNECTIONS, LONGEST, RANDOM, ROUND_ROBIN, OpenScreen, open_tiers
from topology.errors import TierwrightError

SEED = 20061125


def candidates(count: int, tiers: int, seed: int = SEED) -> dict[str, Any]:
    """Random candidates, some of them saturated."""
    random = np.random.default_rng(seed)
    shape = (count, tiers)
    return {
        "rate": random.uniform(0, 150, count),
        "hosts": random.integers(1, 9, shape),
        "cores": random.integers(1, 9, shape),
        "seconds": random.exponential(0.03, shape),
        "background": random.uniform(0, 0.2, shape),
    }


def all_numbers(screen: OpenScreen) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    ends = (screen.low, screen, screen.high)
    return [screen.utilisation] + [array for end in ends for array in (end.mean, end.p50, end.p95, end.p99)]


def test_the_published_network() -> None:
    # 100 a second through a balancer, four application hosts and a database: mean 0.114402 s by exact analysis.
    screen = open_tiers(100, hosts=[1, 4, 1], cores=[2, 2, 4], seconds=[0.002, 0.05, 0.025])

    assert screen.mean[0] == pytest.approx(0.114402, abs=1e-6)
    assert screen.utilisation[0] == pytest.approx([0.1, 0.625, 0.625])


def test_it_says_what_the_scalar_formulas_say() -> None:
    given = candidates(200, 3)
    screen = open_tiers(**given)

    for row in np.flatnonzero(~screen.saturated):
        times, variance = [], 0.0
        for tier in range(3):
            load, cores = screen.utilisation[row, tier], int(given["cores"][row, tier])
            times.append(given["seconds"][row, tier] * queues.ps_stretch(load, cores))
            variance += times[-1] ** 2 * queues.ps_scv(load, cores)
        mean = sum(times)
        assert screen.mean[row] == pytest.approx(mean, rel=1e-12)
        if variance > mean**2:
            continue  # wider than an exponential: another distribution, see test_quantiles.py
        for share, found in ((0.50, screen.p50), (0.95, screen.p95), (0.99, screen.p99)):
            exact = gamma_percentile(share, mean=mean, variance=variance)
            assert found[row] == pytest.approx(exact, abs=3e-3 * mean)


def test_whatever_is_asked_the_answer_is_a_number() -> None:
    given = candidates(500, 4) | {"policy": np.random.default_rng(SEED).integers(0, 3, (500, 4))}
    given["rate"][:50] = 1e9
    given["rate"][50:100] = 0

    screen = open_tiers(**given)

    assert all(np.isfinite(array).all() and (array >= 0).all() for array in all_numbers(screen))
    assert screen.saturated[:50].all()
    assert (screen.mean[screen.saturated] == LONGEST).all()


def test_a_request_without_demand_takes_no_time() -> None:
    screen = open_tiers([0, 100], hosts=[2, 2], cores=[2, 2], seconds=0.0)

    assert screen.mean.tolist() == screen.p99.tolist() == [0, 0]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000), which=st.sampled_from(["rate", "hosts", "cores"]))
def test_more_traffic_is_slower_and_more_hardware_is_faster(seed: int, which: str) -> None:
    given = candidates(20, 3, seed)
    more = dict(given)
    more[which] = given[which] * 1.2 if which == "rate" else given[which] + 1

    before, after = open_tiers(**given), open_tiers(**more)

    slow, fast = (after, before) if which == "rate" else (before, after)
    for name in ("mean", "p50", "p95", "p99"):
        assert (getattr(slow, name) >= getattr(fast, name) * (1 - 1e-6)).all()
    assert (slow.utilisation >= fast.utilisation - 1e-12).all()


@pytest.mark.parametrize("unit", [1e-3, 60.0, 1e3])
def test_the_unit_of_time_does_not_matter(unit: float) -> None:
    given = candidates(100, 3)
    other = given | {"rate": given["rate"] / unit, "seconds": given["seconds"] * unit}

    one, scaled = open_tiers(**given, longest=1e9), open_tiers(**other, longest=1e9 * unit)

    assert scaled.p95 == pytest.approx(one.p95 * unit, rel=1e-9)
    assert (scaled.saturated == one.saturated).all()


def test_the_order_of_the_tiers_does_not_matter() -> None:
    given = candidates(100, 4)
    turned = {name: array if array.ndim == 1 else array[:, ::-1] for name, array in given.items()}

    assert open_tiers(**turned).p99 == pytest.approx(open_tiers(**given).p99, rel=1e-9)


@pytest.mark.parametrize("policy", [ROUND_ROBIN, LEAST_CONNECTIONS])
def test_a_better_balancer_lies_between_the_random_split_and_one_queue(policy: int) -> None:
    given = candidates(300, 3)

    split, balanced = open_tiers(**given, policy=RANDOM), open_tiers(**given, policy=policy)

    for name in ("mean", "p95", "p99"):
        low, found, high = (getattr(end, name) for end in (balanced.low, balanced, balanced.high))
        assert (low <= found).all()
        assert (found <= high).all()
        assert high == pytest.approx(getattr(split.high, name), rel=0.001)


def test_one_candidate_for_all_or_one_for_each() -> None:
    tiers: dict[str, Any] = {"hosts": [1, 4], "cores": [4, 8], "seconds": [0.001, 0.05]}

    many = open_tiers([10, 50, 90], **tiers)

    assert many.utilisation.shape == (3, 2)
    assert many.mean[1] == open_tiers(50, **tiers).mean[0]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"rate": -1}, "rate"),
        ({"rate": float("nan")}, "rate"),
        ({"hosts": 0}, "hosts"),
        ({"hosts": 1.5}, "hosts"),
        ({"cores": float("inf")}, "cores"),
        ({"seconds": -0.1}, "seconds"),
        ({"policy": 3}, "policy"),
        ({"seconds": [[0.1, 0.1, 0.1]]}, "fit"),
    ],
)
def test_what_no_topology_can_be_is_refused_by_name(change: dict[str, Any], where: str) -> None:
    given: dict[str, Any] = {"rate": 10, "hosts": [1, 1], "cores": [1, 1], "seconds": [0.1, 0.1]}

    with pytest.raises(TierwrightError, match=where):
        open_tiers(**(given | change))


@pytest.mark.slow
def test_a_million_candidates_need_no_more_memory_than_their_numbers() -> None:
    # Spread from one row a tier: what is held besides the answer is one chunk.
    screen = open_tiers(np.linspace(0, 100, 1_000_000), hosts=[1, 4, 1], cores=[2, 2, 4], seconds=[0.002, 0.05, 0.025])

    assert screen.mean.shape == (1_000_000,)
    assert (np.diff(screen.mean) >= 0).all()
