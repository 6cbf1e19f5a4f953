"""Hit ratios of caches against closed forms, exact chains, published statements and the replayed cache itself."""

from __future__ import annotations

import itertools
import math
import random
from collections import OrderedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.popularity import (
    best_hit_ratio,
    fit,
    lru_hit_ratio,
    objects_held,
    power_hit_ratio,
    ttl_hit_ratio,
    zipf,
)


def exact_lru(shares: list[float], cached: int) -> float:
    """King (1971): the stationary chance of every order of the cache's content, summed."""
    total = 0.0
    for order in itertools.permutations(range(len(shares)), cached):
        chance, left = 1.0, 1.0
        for item in order:
            chance *= shares[item] / left
            left -= shares[item]
        total += chance * sum(shares[item] for item in order)
    return total


def replayed_lru(shares: list[float], cached: int, requests: int, seed: int) -> float:
    """A cache that is really kept, after a warm-up of as many requests."""
    asked = random.Random(seed).choices(range(len(shares)), shares, k=2 * requests)
    kept: OrderedDict[int, None] = OrderedDict()
    hits = 0
    for number, item in enumerate(asked):
        if item in kept:
            kept.move_to_end(item)
            hits += number >= requests
        else:
            kept[item] = None
            if len(kept) > cached:
                kept.popitem(last=False)
    return hits / requests


def shares_of(objects: int, exponent: float) -> list[float]:
    weights = [rank**-exponent for rank in range(1, objects + 1)]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


@pytest.mark.parametrize("exponent", [0.0, 0.64, 0.83, 1.0, 1.3])
def test_shares_are_those_of_the_law(exponent: float) -> None:
    ranks = zipf(20_000, exponent)

    exact = shares_of(20_000, exponent)
    assert math.fsum(rank.objects * rank.share for rank in ranks) == pytest.approx(1, rel=1e-9)
    assert sum(rank.objects for rank in ranks) == 20_000
    assert ranks[0].share == pytest.approx(exact[0], rel=1e-4)
    assert len(ranks) < 1000


@pytest.mark.parametrize(("cached", "exponent"), [(1, 0.8), (3, 0.8), (4, 1.2), (5, 0.0), (2, 2.0)])
def test_ratio_is_near_the_exact_one_of_a_small_cache(cached: int, exponent: float) -> None:
    """Eight objects are the worst case of an approximation for many."""
    exact = exact_lru(shares_of(8, exponent), cached)

    assert lru_hit_ratio(8, cached, exponent) == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize(("objects", "cached", "exponent"), [(1000, 100, 0.8), (1000, 20, 1.0), (5000, 1500, 0.64)])
def test_ratio_is_that_of_a_replayed_cache(objects: int, cached: int, exponent: float) -> None:
    requests = 60_000

    found = replayed_lru(shares_of(objects, exponent), cached, requests, seed=11)

    # Hits follow each other, so the interval is taken twice as wide as for independent requests.
    error = 2 * 1.96 * math.sqrt(found * (1 - found) / requests)
    assert lru_hit_ratio(objects, cached, exponent) == pytest.approx(found, abs=error)


@pytest.mark.parametrize("cached", [1, 10, 99.5])
def test_where_all_are_alike_the_ratio_is_the_part_that_is_held(cached: float) -> None:
    for ratio in (lru_hit_ratio, best_hit_ratio, power_hit_ratio):
        assert ratio(100, cached, 0.0) == pytest.approx(cached / 100, rel=1e-9)


def test_the_power_rule_is_the_published_one() -> None:
    """A hot set of 2 GiB of which a quarter, a half and three quarters are held, s = 0.8: 0.758, 0.871 and 0.944."""
    found = [power_hit_ratio(8000, held, 0.8) for held in (2000, 4000, 6000)]

    assert found == pytest.approx([0.25**0.2, 0.5**0.2, 0.75**0.2], rel=1e-12)
    with pytest.raises(ValueError, match="below 1"):
        power_hit_ratio(100, 10, 1.0)


def test_ten_times_the_cache_adds_what_breslau_says() -> None:
    """For s below 1 the best ratio grows like a power of the size, for s = 1 like its logarithm."""
    powers = [best_hit_ratio(10**6, 10**n, 0.7) for n in (3, 4, 5)]
    steps = [best_hit_ratio(10**6, 10**n, 1.0) for n in (2, 3, 4, 5)]

    assert powers[2] / powers[1] == pytest.approx(10**0.3, rel=0.03)
    assert [later - sooner for sooner, later in itertools.pairwise(steps)] == pytest.approx([0.16] * 3, abs=0.004)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**6), st.floats(0, 1), st.floats(0, 2))
def test_no_cache_betters_the_best_and_more_is_never_worse(objects: int, part: float, exponent: float) -> None:
    cached = part * objects

    found, more = lru_hit_ratio(objects, cached, exponent), lru_hit_ratio(objects, 1.1 * cached, exponent)

    assert 0 <= found <= more <= 1
    assert found <= best_hit_ratio(objects, cached, exponent) + 1e-6


def test_answers_that_are_kept_for_a_time_are_hit_like_a_replayed_stream() -> None:
    rate, keep, objects = 5.0, 60.0, 200
    draw, now, until, hits, asked = random.Random(3), 0.0, [0.0] * objects, 0, 100_000
    for item in draw.choices(range(objects), shares_of(objects, 0.8), k=asked):
        now += draw.expovariate(rate)
        hits += now < until[item]
        if now >= until[item]:
            until[item] = now + keep

    assert ttl_hit_ratio(objects, 0.8, rate, keep) == pytest.approx(hits / asked, abs=0.01)
    assert ttl_hit_ratio(objects, 0.8, rate, 0) == 0


@pytest.mark.parametrize("exponent", [0.5, 0.8, 1.1])
def test_the_exponent_of_a_sample_is_found_within_its_range(exponent: float) -> None:
    asked = random.Random(5).choices(range(3000), shares_of(3000, exponent), k=120_000)
    counts = [0] * 3000
    for item in asked:
        counts[item] += 1

    found = fit(counts)

    assert found is not None
    assert found.low <= exponent <= found.high
    assert found.mid == pytest.approx(exponent, abs=0.04)
    assert found.high - found.low < 0.3


def test_few_objects_give_no_exponent() -> None:
    assert fit([]) is None
    assert fit([1000] * 19) is None
    assert fit([9] * 1000) is None


def test_objects_of_one_size_and_of_no_size() -> None:
    assert objects_held(64 * 2**20, 2000, 56) == pytest.approx(32_640.5, rel=1e-6)
    for call in (lambda: objects_held(1, 0), lambda: zipf(0, 1), lambda: zipf(5, -1), lambda: lru_hit_ratio(5, -1, 1)):
        with pytest.raises(ValueError, match=r"or more|more than"):
            call()
