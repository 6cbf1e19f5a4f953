"""Requests at one host as a birth-death chain, compiled: how many there are, and how long one of them takes."""

from __future__ import annotations

import math

from topology.capacity.compiled import compiled
from topology.capacity.screen.held import NEGLIGIBLE, inside, queue_sums
from topology.capacity.screen.outcome import Reals

NUMBER, HELD, AT_CORES, REFUSED, WAITING, WAIT, PASSES, FULL = range(8)
"""What `count_requests` finds: mean requests at the host, of these with a slot, and on the cores or waiting for them;
share refused; of the admitted, share that waits for a slot, and mean seconds of that; throughput of all slots; and
whether the count went up to all slots (1) or ended before, where more are never needed (0)."""


@compiled
def count_requests(  # noqa: PLR0915 -- one pass over arrays that would have to be handed on
    rate: float, slots: int, backlog: float, connections: int, unit: float, work: Reals
) -> int:
    """Fill row 7 of `work` with the probabilities of n requests inside, row 8 with what is found; the largest n.

    With n inside the closed network passes X(n), and X(slots) where more are here (Chandy, Herzog, Woo 1975). The last
    probability is that of all slots held, whether or not others wait behind.
    """
    passes, chance, found = work[5], work[7], work[8]
    chance[0] = total = 1.0
    work[2, 0] = work[3, 0] = work[4, 0] = 1.0
    work[6, 0] = 0.0
    count, full = 0, True
    while count < slots:
        count += 1
        inside(count, connections, unit, work)
        ratio = rate / passes[count]
        chance[count] = chance[count - 1] * ratio
        total += chance[count]
        if total > 1e200:
            chance[: count + 1] *= 1e-200
            total *= 1e-200
        if ratio < 0.9 and chance[count] * ratio < NEGLIGIBLE * total and count < slots:
            full = False
            break
    queue = queued = refused = 0.0
    if full:
        queue, queued, refused, scale = queue_sums(rate / passes[count], backlog)
        queue, queued, refused = queue * chance[count], queued * chance[count], refused * chance[count]
        chance[: count + 1] *= scale
        total *= scale
    total += queue
    held = at_cores = 0.0
    chance[count] += queue
    for number in range(count + 1):
        chance[number] /= total
        held += number * chance[number]
        at_cores += work[6, number] * chance[number]
    found[NUMBER] = held + queued / total
    found[HELD] = held
    found[AT_CORES] = at_cores
    found[REFUSED] = refused / total
    admitted = 1 - found[REFUSED]
    found[WAITING] = max(0.0, chance[count] - found[REFUSED]) / admitted if full else 0.0
    found[WAIT] = queued / total / (rate * admitted) if rate > 0 else 0.0
    found[PASSES] = passes[count]
    found[FULL] = 1.0 if full else 0.0
    return count


@compiled
def tagged(  # noqa: PLR0915 -- three moments in one pass
    rate: float, count: int, work: Reals
) -> tuple[float, float, float, float]:
    """Of one admitted request: mean time with a slot, its variance, that if nothing changed meanwhile, and the rest.

    A request is followed whose whole work is exponential with mean 1 and gets its equal share X(n)/n of what n inside
    pass, while others come and go: two moments of its time solve a tridiagonal system each (for M/M/1 under processor
    sharing: Coffman, Muntz and Trotter 1970), in closed form where all slots are held. The third number is the variance
    of the mean time of a unit of work over what it finds on arrival; the rest is the variance of the wait for a slot
    with twice its covariance with the time after. Seconds, and seconds squared.
    """
    passes, chance, found = work[5], work[7], work[8]
    full = found[FULL] > 0
    alone = count / passes[count]
    spare = passes[count] - rate
    if full and spare <= 1e-6 * passes[count]:  # all slots are always held
        return alone, alone * alone, 0.0, found[WAIT] * alone
    down = (count - 1) / alone
    root = rate + passes[count] + math.sqrt(max(0.0, (rate + passes[count]) ** 2 - 4 * rate * down))
    decay = 2 * down / root if full else 1.0
    alpha, gamma = _solve(rate, count, decay, root, full, work)
    first, second = work[9], work[10]
    admitted = 1 - found[REFUSED]
    mean = square = slow = slower = 0.0
    for others in range(count):
        part = chance[others] / admitted
        mean += part * first[others]
        square += part * second[others]
        pace = (others + 1) / passes[others + 1]
        slow += part * pace
        slower += part * pace * pace
    if not full:
        return mean, square - mean * mean, slower - slow * slow, 0.0
    part = found[WAITING]
    behind = rate / passes[count]
    passed = 1 - behind * decay
    mean += part * (alone + alpha * (1 - behind) / passed)
    beta = second[count - 1] - 2 * alone * alone
    square += part * (2 * alone * alone + (1 - behind) / passed * (beta + gamma * behind * decay / passed))
    slow += part * alone
    slower += part * alone * alone
    # A backlog that ends makes waits shorter than these endless ones.
    scale = min(1.0, found[WAIT] * spare / part) if part > 0 else 0.0
    waited = scale * part / spare
    both = scale * part * (alone / spare + alpha * spare / (spare + rate * (1 - decay)) ** 2)
    rest = scale * scale * 2 * part / spare**2 - waited * waited + 2 * (both - waited * mean)
    return mean, square - mean * mean, slower - slow * slow, max(0.0, rest)


@compiled
def _solve(rate: float, count: int, decay: float, root: float, full: bool, work: Reals) -> tuple[float, float]:
    """Fill rows 9 and 10 with both moments by the others inside; what the moments add to those of full slots for good.

    With k more than all slots: alone + alpha decay^k, and 2 alone^2 + (beta + gamma k) decay^k.
    """
    first, second, slope, level = work[9], work[10], work[11], work[12]
    passes = work[5]
    alone = count / passes[count]
    last = count - 1
    alpha = gamma = 0.0
    for moment in range(2):
        target = first if moment == 0 else second
        for others in range(count):
            away = passes[others + 1] * others / (others + 1)
            gain = 1.0 if moment == 0 else 2 * first[others]
            before, kept = (slope[others - 1], level[others - 1]) if others > 0 else (0.0, 0.0)
            whole = rate + passes[others + 1] - away * before
            slope[others] = rate / whole
            level[others] = (gain + away * kept) / whole
        end = 0.0  # value one beyond the last = end + decay * value at the last
        if full:
            end = alone * (1 - decay) if moment == 0 else 2 * alone * alone * (1 - decay) + gamma * decay
        target[last] = (level[last] + slope[last] * end) / (1 - slope[last] * decay)
        for others in range(last - 1, -1, -1):
            target[others] = level[others] + slope[others] * target[others + 1]
        if moment == 0 and full:
            alpha = first[last] - alone
            gamma = 2 * alpha / (root / 2 - rate * decay)
    return alpha, gamma
