"""The loop over candidates of the open network, compiled."""

from __future__ import annotations

from topology.capacity.compiled import compiled
from topology.capacity.screen.inputs import RANDOM, Counts
from topology.capacity.screen.outcome import Flags, Reals
from topology.capacity.screen.quantiles import read
from topology.capacity.screen.stations import MOST_POOLED, balancing, sharing


@compiled
def fill(
    rate: Reals,
    hosts: Counts,
    cores: Counts,
    seconds: Reals,
    background: Reals,
    policy: Counts,
    longest: float,
    table: Reals,
    utilisation: Reals,
    saturated: Flags,
    figures: Reals,
) -> None:
    """Fill utilisation (n, k), saturated (n,), and figures (n, 3, 4): random, policy and pooled by mean to p99."""
    for row in range(rate.size):
        full = False
        for tier in range(hosts.shape[1]):
            share = rate[row] * seconds[row, tier] / (hosts[row, tier] * cores[row, tier]) + background[row, tier]
            utilisation[row, tier] = share
            full = full or share >= 1.0
        saturated[row] = full
        if full:
            figures[row, :, :] = longest
        else:
            _answer(hosts[row], cores[row], seconds[row], policy[row], utilisation[row], table, longest, figures[row])


@compiled
def _answer(
    hosts: Counts,
    cores: Counts,
    seconds: Reals,
    policy: Counts,
    utilisation: Reals,
    table: Reals,
    longest: float,
    figures: Reals,
) -> None:
    """The figures of one candidate that is not saturated; one pass for each end unless every split is random."""
    split = False
    for tier in range(hosts.size):
        split = split or (policy[tier] != RANDOM and hosts[tier] > 1)
    for end in range(3 if split else 1):
        mean = variance = 0.0
        for tier in range(hosts.size):
            wait, noise = _tier(end, hosts[tier], cores[tier], policy[tier], utilisation[tier])
            time = seconds[tier] * (1 + wait)
            mean += time
            variance += time * time * (1 + noise)
        figures[end, 0] = min(mean, longest)
        for column in range(3):
            figures[end, column + 1] = min(read(table, mean, variance, column), longest)
    if not split:
        figures[1, :] = figures[0, :]
        figures[2, :] = figures[0, :]
    for column in range(4):  # less variance beside the same rest may lift a high percentile by a hair
        figures[0, column] = max(figures[0, column], figures[1, column])
        figures[2, column] = min(figures[2, column], figures[1, column])


@compiled
def _tier(end: int, hosts: int, cores: int, policy: int, load: float) -> tuple[float, float]:
    """What sharing adds at one tier: at the random end (0), under its policy (1), or pooled (2)."""
    wait, noise = sharing(load, cores)
    if end == 0 or policy == RANDOM or hosts == 1 or load <= 0.0:
        return wait, noise
    least_wait, least_noise = sharing(load, max(cores, min(hosts * cores, MOST_POOLED)))
    if end == 2:
        return least_wait, least_noise
    part = balancing(policy, hosts, load, 1.0)
    return max(least_wait, part * wait), max(least_noise, part * noise)
