"""How often a cache answers: Zipf's law over the objects, and the hit ratio that a size or a time to live gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SINGLE = 512
"""Ranks that are summed one by one; those behind are taken in groups whose ranks differ by a hundredth."""
_STEP = 1.01
_HALVINGS = 200
LEAST_HITS, _LEAST_RANKS, _MOST_RANKS = 10, 20, 2000
_STEEPEST = 5.0


@dataclass(frozen=True)
class Rank:
    """A group of objects of nearly the same popularity."""

    objects: float
    share: float
    """Probability that a request is for one of them (each of them alone, not the group)."""


def zipf(objects: int, exponent: float) -> tuple[Rank, ...]:
    """Popularity by Zipf's law: the object of rank i is asked for with probability i^-s / (1^-s + ... + D^-s).

    `objects` is D, at least 1, `exponent` is s, at least 0. Raises ValueError for anything else. Behind rank 512 the
    ranks come in groups, each with the probability of its mean rank, so that a million objects cost what a thousand
    do; the shares add up to 1 within rounding. Source: Breslau et al. (INFOCOM 1999), section III.
    """
    if objects < 1 or not 0 <= exponent < math.inf:
        raise ValueError("Zipf's law takes at least one object and an exponent of 0 or more")
    groups = [(first, last) for first, last in _groups(objects)]
    weights = [((first + last) / 2) ** -exponent for first, last in groups]
    sizes = [last - first + 1 for first, last in groups]
    total = math.fsum(weight * size for weight, size in zip(weights, sizes, strict=True))
    return tuple(Rank(size, weight / total) for weight, size in zip(weights, sizes, strict=True))


def _groups(objects: int) -> list[tuple[int, int]]:
    found = [(rank, rank) for rank in range(1, min(objects, _SINGLE) + 1)]
    first = _SINGLE + 1
    while first <= objects:
        last = min(objects, int(first * _STEP))
        found.append((first, last))
        first = last + 1
    return found


def lru_hit_ratio(objects: int, cached: float, exponent: float) -> float:
    """Share of requests that a cache of `cached` objects answers when the least recently used one makes room.

    H = sum q_i (1 - exp(-q_i t)), where t solves sum (1 - exp(-q_i t)) = M. `objects` is D and `cached` M, of equal
    size; requests are independent. Source: Che, Tung and Wang (IEEE JSAC 20(7), 2002), equations 6 and 7; why it is
    within a few thousandths: Fricker, Robert and Roberts (ITC 24, 2012).
    """
    _refuse_size(cached)
    if cached >= objects:
        return 1.0
    if cached == 0:
        return 0.0
    ranks = zipf(objects, exponent)
    time = _root(lambda t: _filled(ranks, t) - cached)
    return math.fsum(rank.objects * rank.share * -math.expm1(-rank.share * time) for rank in ranks)


def _filled(ranks: Sequence[Rank], time: float) -> float:
    """Different objects asked for within `time` requests."""
    return math.fsum(rank.objects * -math.expm1(-rank.share * time) for rank in ranks)


def _root(function: Callable[[float], float]) -> float:
    """Where a rising function that is below 0 at 0 crosses it, by halving."""
    low, high = 0.0, 1.0
    while function(high) < 0 and high < 1e300:
        low, high = high, high * 4
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high or high - low <= 1e-11 * high:
            break
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return high


def best_hit_ratio(objects: int, cached: float, exponent: float) -> float:
    """Share of requests for the `cached` most wanted objects: what no cache of that size can better.

    With M objects held of D it is (1^-s + ... + M^-s) / (1^-s + ... + D^-s), which an LRU cache stays below.
    """
    _refuse_size(cached)
    held, answered = 0.0, 0.0
    for rank in zipf(objects, exponent):
        taken = min(rank.objects, cached - held)
        if taken <= 0:
            break
        held, answered = held + taken, answered + taken * rank.share
    return min(1.0, answered)


def power_hit_ratio(objects: int, cached: float, exponent: float) -> float:
    """(M / D)^(1 - s): `best_hit_ratio` with both sums taken for integrals from 0; for s below 1.

    Source: Breslau et al. (INFOCOM 1999), section III.B, hit ratio of a finite cache. It is a rule of thumb: the sum
    replaced by an integral is too low at the first ranks, so the figure is too high for small caches.
    """
    _refuse_size(cached)
    if not 0 <= exponent < 1:
        raise ValueError("the power rule holds for exponents from 0 to below 1")
    return float(min(1.0, cached / objects) ** (1 - exponent))


def ttl_hit_ratio(objects: int, exponent: float, requests_per_second: float, seconds: float) -> float:
    """Share of requests answered by a cache that keeps every answer `seconds` long, whatever its size.

    An object asked for r times a second misses once in each keeping time and the wait for the next request, so it is
    hit with probability r T / (1 + r T). Source: Jung, Berger and Balakrishnan (INFOCOM 2003), equation 1, Poisson.
    """
    if requests_per_second < 0 or seconds < 0:
        raise ValueError("a rate and a time to live are 0 or more")
    asked = requests_per_second * seconds
    return math.fsum(
        rank.objects * rank.share * (rank.share * asked) / (1 + rank.share * asked) for rank in zipf(objects, exponent)
    )


def objects_held(cache_bytes: float, object_bytes: float, overhead_bytes: float = 0.0) -> float:
    """How many objects of a mean size a cache holds; `overhead_bytes` is what it spends on each beside its content."""
    if cache_bytes < 0 or object_bytes + overhead_bytes <= 0:
        raise ValueError("a cache has 0 or more bytes, and an object more than 0")
    return cache_bytes / (object_bytes + overhead_bytes)


def _refuse_size(cached: float) -> None:
    if not 0 <= cached < math.inf:
        raise ValueError("a cache holds 0 or more objects")


@dataclass(frozen=True, kw_only=True)
class Fit:
    """An exponent of Zipf's law with its range."""

    low: float
    mid: float
    high: float
    ranks: int
    """Objects that it rests on."""


def fit(counts: Sequence[int]) -> Fit | None:
    """The exponent that fits how often each object was asked for; None where fewer than 20 were asked for ten times.

    Maximum likelihood over the first 2,000 ranks with ten requests or more; below, the order of ranks is chance and
    would bend the line. No site follows the law at all ranks, so the range is that of the fits to the head, to the
    tail and to all of them, each with its error of 1.96 standard deviations. Source of the estimate: Goldstein,
    Morris and Yen (European Physical Journal B 41, 2004), for ranks instead of sizes.
    """
    head = sorted((count for count in counts if count >= LEAST_HITS), reverse=True)[:_MOST_RANKS]
    if len(head) < _LEAST_RANKS:
        return None
    middle = max(_LEAST_RANKS // 2, math.isqrt(len(head)))
    fits = [_likeliest(part, first) for first, part in ((1, head), (1, head[:middle]), (middle + 1, head[middle:]))]
    return Fit(
        low=max(0.0, min(mid - 1.96 * error for mid, error in fits)),
        mid=fits[0][0],
        high=max(mid + 1.96 * error for mid, error in fits),
        ranks=len(head),
    )


def _likeliest(counts: Sequence[int], first: int) -> tuple[float, float]:
    """The exponent at which the mean log rank is what was seen, and its standard error; ranks begin at `first`."""
    logs = [math.log(rank) for rank in range(first, first + len(counts))]
    total = sum(counts)
    seen = math.fsum(count * log for count, log in zip(counts, logs, strict=True)) / total
    exponent = min(_STEEPEST, _root(lambda s: seen - _moments(logs, s)[0]))
    variance = _moments(logs, exponent)[1]
    return exponent, 1 / math.sqrt(max(total * variance, 1e-12))


def _moments(logs: Sequence[float], exponent: float) -> tuple[float, float]:
    """Mean and variance of the log rank of a request under the law."""
    weights = [math.exp(-exponent * (log - logs[0])) for log in logs]
    total = math.fsum(weights)
    mean = math.fsum(weight * log for weight, log in zip(weights, logs, strict=True)) / total
    square = math.fsum(weight * log * log for weight, log in zip(weights, logs, strict=True)) / total
    return mean, max(0.0, square - mean * mean)
