"""The loop over candidates of worker slots and connection pools, compiled."""

from __future__ import annotations

from topology.capacity.compiled import compiled
from topology.capacity.screen.crowd import AT_CORES, FULL, HELD, PASSES, REFUSED, WAIT, WAITING, count_requests, tagged
from topology.capacity.screen.held import demands
from topology.capacity.screen.inputs import MOST_CORES, MOST_SLOTS, RANDOM, ROUND_ROBIN, Counts
from topology.capacity.screen.outcome import Flags, Reals
from topology.capacity.screen.quantiles import read, read_skewed
from topology.capacity.screen.stations import balancing, sharing

HOSTS, CORES, WORKERS, CALLS, CONNECTIONS, DATABASE_CORES, POLICY = range(7)
"""Columns of counts."""
RATE, CPU, DATABASE, BACKLOG, BACKGROUND, DATABASE_BACKGROUND = range(6)
"""Columns of reals."""
ADDED, ALIKE = 8, 9
"""Further places of `found`: mean seconds that sharing cores and waiting for a slot add, and the variance of the work
(squared coefficient of variation)."""
UTILISATION, DATABASE_UTILISATION, BUSY, WAITED, WAITED_SHARE, TURNED_AWAY, LOAD = range(7)
"""Columns of what is said besides response times."""
LEAST_LEAVES = 0.04
"""What the fewest connections leave of the way from one queue for all to the random split; docs/accuracy.md."""
NOTHING = 1e-9
"""Requests in the time of one request that stand for none, so that there is something to divide by."""
MOST_BUSY = 0.9999
"""Share of the database that others are taken to fill at most, while their true rate is sought."""
OWN, EXPONENTIAL = 0, 1
"""Spreads of the work: one factor for a request, or each slice for itself."""


@compiled
def fill(
    counts: Counts,
    reals: Reals,
    front_counts: Counts,
    front_seconds: Reals,
    spread: int,
    longest: float,
    table: Reals,
    work: Reals,
    said: Reals,
    front_utilisation: Reals,
    saturated: Flags,
    figures: Reals,
) -> None:
    """Fill said (n, 7), front_utilisation (n, f), saturated (n,) and figures (n, 3, 4), these as open_kernel does.

    front_counts (n, f, 2): hosts and cores; front_seconds (n, f).
    """
    for row in range(counts.shape[0]):
        before = spread_before = third = 0.0
        full = reals[row, BACKGROUND] >= 1 or reals[row, DATABASE_BACKGROUND] >= 1
        for tier in range(front_seconds.shape[1]):
            hosts, cores = front_counts[row, tier]
            load = reals[row, RATE] * front_seconds[row, tier] / (hosts * cores)
            front_utilisation[row, tier] = load
            full = full or load >= 1
            if load < 1:
                wait, noise = sharing(load, cores)
                time = front_seconds[row, tier] * (1 + wait)
                before += time
                spread_before += time * time * (noise if spread == OWN else 1 + noise)
                third += 2 * time**3 * (1 + noise) ** 2
        stable = _ends(
            counts[row],
            reals[row],
            before,
            spread_before,
            third,
            spread,
            longest,
            table,
            work,
            said[row],
            full,
            figures[row],
        )
        saturated[row] = full or not stable


@compiled
def _ends(
    counts: Counts,
    reals: Reals,
    before: float,
    spread_before: float,
    third: float,
    spread: int,
    longest: float,
    table: Reals,
    work: Reals,
    said: Reals,
    full: bool,
    figures: Reals,
) -> bool:
    """Both ends of what the balancer can do and its policy between them; whether there is a steady state uncut."""
    hosts = counts[HOSTS]
    if full:
        said[:] = 0.0
        said[UTILISATION] = reals[RATE] * reals[CPU] / (hosts * counts[CORES]) + reals[BACKGROUND]
        said[DATABASE_UTILISATION] = reals[RATE] * reals[DATABASE] / counts[DATABASE_CORES] + reals[DATABASE_BACKGROUND]
        said[LOAD] = max(1.0, said[UTILISATION], said[DATABASE_UTILISATION])
        figures[:, :] = longest
        return False
    mean, variance, skew, stable = _host(counts, reals, 1, spread, before, work, said)
    _write(mean + before, variance + spread_before, skew + third if skew > 0 else 0.0, longest, table, figures[0])
    figures[1, :] = figures[0, :]
    figures[2, :] = figures[0, :]
    if counts[POLICY] == RANDOM or hosts == 1:
        return stable
    added, scv = work[8, ADDED], work[8, ALIKE]
    pooled = max(1, min(hosts, MOST_CORES // counts[CORES], MOST_SLOTS // counts[WORKERS]))
    mean, variance, skew, _ = _host(counts, reals, pooled, spread, before, work, work[13])
    _write(mean + before, variance + spread_before, skew + third if skew > 0 else 0.0, longest, table, figures[2])
    gap = figures[0, 0] - figures[2, 0]
    part = LEAST_LEAVES
    if counts[POLICY] == ROUND_ROBIN:
        left = balancing(ROUND_ROBIN, hosts, min(1.0, max(said[UTILISATION], 1e-9)), scv)
        part = max(part, 1 - (1 - left) * added / gap) if gap > 0 else 0.0
    for column in range(4):
        figures[2, column] = min(figures[0, column], figures[2, column])
        figures[1, column] = figures[2, column] + part * (figures[0, column] - figures[2, column])
    return stable


@compiled
def _write(mean: float, variance: float, third: float, longest: float, table: Reals, figures: Reals) -> None:
    """Mean and percentiles; `third` is the third central moment, or 0 where mean and variance tell all."""
    figures[0] = min(mean, longest)
    for column in range(3):
        if third > 0:
            percentile = read_skewed(table, mean, variance, third, column)
        else:
            percentile = read(table, mean, variance, column)
        figures[column + 1] = min(percentile, longest)


@compiled
def _host(  # noqa: PLR0915 -- its steps share a dozen numbers, which would be handed to and fro
    counts: Counts, reals: Reals, pooled: int, spread: int, before: float, work: Reals, said: Reals
) -> tuple[float, float, float, bool]:
    """Mean and variance of the time at one host, or at `pooled` of them taken as one; its third central moment, or 0
    where it is not known; and whether its queue ends uncut."""
    whole = reals[CPU] + reals[DATABASE]
    said[:] = 0.0
    said[UTILISATION], said[DATABASE_UTILISATION] = reals[BACKGROUND], reals[DATABASE_BACKGROUND]
    work[8, ADDED] = 0.0
    if whole <= 0:
        return 0.0, 0.0, 0.0, True
    rate = max(reals[RATE] * pooled / counts[HOSTS], NOTHING / whole)
    demands(reals[CPU], counts[CORES] * pooled, reals[BACKGROUND], counts[WORKERS] * pooled, work[0], work[12])
    groups = counts[HOSTS] / pooled
    count = _settle(counts, reals, rate, pooled, groups, work)
    found = work[8]
    served = rate * (1 - found[REFUSED])
    each = served / pooled
    said[UTILISATION] += each * reals[CPU] / counts[CORES]
    said[DATABASE_UTILISATION] += served * groups * reals[DATABASE] / counts[DATABASE_CORES]
    said[BUSY], said[TURNED_AWAY] = found[HELD] / pooled, found[REFUSED]
    said[WAITED], said[WAITED_SHARE], said[LOAD] = found[WAIT], found[WAITING], rate / found[PASSES]
    at_cores, held = found[AT_CORES] / served, found[HELD] / served
    others = served * (groups - 1) * reals[DATABASE] / counts[DATABASE_CORES] + reals[DATABASE_BACKGROUND]
    noise = 0.0
    if others > 0:
        load = min(said[DATABASE_UTILISATION], MOST_BUSY)
        noise = sharing(load, counts[DATABASE_CORES])[1] * others / load * (held - at_cores) ** 2
    stable = found[FULL] == 0.0 or rate < found[PASSES]
    mean, variance, still, rest = tagged(rate, count, work)
    congestion = max(0.0, variance - mean * mean)
    work[8, ADDED], work[8, ALIKE] = at_cores - reals[CPU] + found[WAIT], 1.0
    if spread == OWN or not stable:  # the tiers in front take their time of the same dear or cheap request
        return held + found[WAIT], (held + before) ** 2 + congestion + noise + rest, 0.0, stable
    queries = held - at_cores
    own = at_cores**2 / (counts[CALLS] + 1) + queries**2 / max(counts[CALLS], 1)
    congestion = steadied(congestion, still, own / held**2)
    # Behind full slots as much work waits as ever, but an arrival waits for less of it where works are alike: the
    # mean residual work is (1 + scv) / 2 of a mean one (limited processor sharing: Zhang, Dai, Zwart 2009). Second
    # moment as in M/G/1 (Takács 1962) with gamma distributed work.
    scv = own / held**2
    evener = (1 + scv) / 2
    behind = rate / found[PASSES]
    evener_squared = evener**2 * (behind + (1 - behind) * 2 * (1 + 2 * scv) / (3 * (1 + scv)))
    said[WAITED] *= evener
    work[8, ADDED], work[8, ALIKE] = at_cores - reals[CPU] + said[WAITED], scv
    third = at_cores**3 * 2 / (counts[CALLS] + 1) ** 2 + queries**3 * 2 / max(counts[CALLS], 1) ** 2
    third += 6 * own * congestion / held  # work times pace: what is long is also slowed down for long
    third += 2 * (congestion**1.5 + noise**1.5) + waiting_third(found[WAITING], said[WAITED])
    return held + said[WAITED], own + congestion + noise + rest * evener_squared, third, stable


@compiled
def waiting_third(share: float, mean: float) -> float:
    """Third central moment of a wait that only `share` have, exponential for them."""
    if share <= 0:
        return 0.0
    return mean**3 * (6 / share**2 - 6 / share + 2)


@compiled
def _settle(counts: Counts, reals: Reals, rate: float, pooled: int, groups: float, work: Reals) -> int:
    """Count the requests at one group of hosts under what the others leave of the database; the largest number.

    The others bring what they admit, not what arrives: where requests are refused, the rate that all admit is sought
    by false position with halving (Illinois), since more from the others never makes a host admit more.
    """
    each = reals[DATABASE] / counts[DATABASE_CORES] * (groups - 1)
    admitted = rate
    low, high, above, below = 0.0, rate, rate, 0.0
    count = 0
    for attempt in range(40):
        busy = min(reals[DATABASE_BACKGROUND] + each * admitted, MOST_BUSY)
        count = _count(counts, reals, rate, pooled, busy, work)
        short = rate * (1 - work[8, REFUSED]) - admitted
        if each <= 0 or abs(short) <= 1e-6 * rate:
            break
        if short < 0:
            if attempt > 0 and high == admitted:
                above /= 2
            high, below = admitted, short
        else:
            low, above = admitted, short
        admitted = low + (high - low) * above / (above - below)
    return count


@compiled
def _count(counts: Counts, reals: Reals, rate: float, pooled: int, busy: float, work: Reals) -> int:
    connections = min(counts[CONNECTIONS], counts[WORKERS]) * pooled
    slots = counts[WORKERS] * pooled
    demands(reals[DATABASE], counts[DATABASE_CORES], busy, connections, work[1], work[12])
    unit = max(work[0, slots], work[1, connections])
    return count_requests(rate, slots, reals[BACKLOG] * pooled, connections, unit, work)


@compiled
def steadied(congestion: float, still: float, scv: float) -> float:
    """What congestion adds for work of another variance (`scv`, squared coefficient) than exponential work's.

    Where the pace forgets itself at rate a per mean work, congestion is the double integral of still exp(-a |u - v|)
    over the work (as in M/M/1: Coffman, Muntz, Trotter 1970). For exponential work it is 2 still / (1 + a), which
    tells a; here the work is gamma distributed.
    """
    if still <= 0 or scv <= 0:
        return congestion
    forgets = 2 * still / max(congestion, 1e-300) - 1
    if forgets < 1e-3:
        return congestion * (1 + scv) / 2
    if forgets > 1e6:
        return congestion
    return float(2 * still * (1 / forgets - (1 - (1 + forgets * scv) ** (-1 / scv)) / forgets**2))
