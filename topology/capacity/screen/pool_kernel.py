"""The loop over candidates of worker slots and connection pools, compiled."""

from __future__ import annotations

from topology.capacity.screen.compiled import compiled
from topology.capacity.screen.crowd import AT_CORES, FULL, HELD, PASSES, REFUSED, WAIT, WAITING, count_requests, tagged
from topology.capacity.screen.held import demands
from topology.capacity.screen.inputs import MOST_CORES, MOST_SLOTS, RANDOM, Counts
from topology.capacity.screen.outcome import Flags, Reals
from topology.capacity.screen.quantiles import read
from topology.capacity.screen.stations import balancing, sharing

HOSTS, CORES, WORKERS, CALLS, CONNECTIONS, DATABASE_CORES, POLICY = range(7)
"""Columns of counts."""
RATE, CPU, DATABASE, BACKLOG, BACKGROUND, DATABASE_BACKGROUND = range(6)
"""Columns of reals."""
UTILISATION, DATABASE_UTILISATION, BUSY, WAITED, WAITED_SHARE, TURNED_AWAY = range(6)
"""Columns of what is said besides response times."""
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
    """Fill said (n, 6), front_utilisation (n, f), saturated (n,) and figures (n, 3, 4), these as open_kernel does.

    front_counts (n, f, 2): hosts and cores; front_seconds (n, f).
    """
    for row in range(counts.shape[0]):
        before = spread_before = 0.0
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
        stable = _ends(
            counts[row],
            reals[row],
            before,
            spread_before,
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
        figures[:, :] = longest
        return False
    mean, variance, stable = _host(counts, reals, 1, spread, before, work, said)
    _write(mean + before, variance + spread_before, stable, longest, table, figures[0])
    figures[1, :] = figures[0, :]
    figures[2, :] = figures[0, :]
    if counts[POLICY] == RANDOM or hosts == 1:
        return stable
    pooled = max(1, min(hosts, MOST_CORES // counts[CORES], MOST_SLOTS // counts[WORKERS]))
    mean, variance, _ = _host(counts, reals, pooled, spread, before, work, work[13])
    _write(mean + before, variance + spread_before, stable, longest, table, figures[2])
    part = balancing(counts[POLICY], hosts, counts[CORES], min(1.0, max(said[UTILISATION], 1e-9)))
    for column in range(4):
        figures[2, column] = min(figures[0, column], figures[2, column])
        figures[1, column] = figures[2, column] + part * (figures[0, column] - figures[2, column])
    return stable


@compiled
def _write(mean: float, variance: float, stable: bool, longest: float, table: Reals, figures: Reals) -> None:
    figures[0] = min(mean, longest)
    for column in range(3):
        figures[column + 1] = min(read(table, mean, variance, column), longest)


@compiled
def _host(
    counts: Counts, reals: Reals, pooled: int, spread: int, before: float, work: Reals, said: Reals
) -> tuple[float, float, bool]:
    """Mean and variance of the time at one host, or at `pooled` of them taken as one; whether its queue ends uncut."""
    whole = reals[CPU] + reals[DATABASE]
    said[:] = 0.0
    said[UTILISATION], said[DATABASE_UTILISATION] = reals[BACKGROUND], reals[DATABASE_BACKGROUND]
    if whole <= 0:
        return 0.0, 0.0, True
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
    said[WAITED], said[WAITED_SHARE] = found[WAIT], found[WAITING]
    at_cores, held = found[AT_CORES] / served, found[HELD] / served
    others = served * (groups - 1) * reals[DATABASE] / counts[DATABASE_CORES] + reals[DATABASE_BACKGROUND]
    noise = 0.0
    if others > 0:
        load = min(said[DATABASE_UTILISATION], MOST_BUSY)
        noise = sharing(load, counts[DATABASE_CORES])[1] * others / load * (held - at_cores) ** 2
    variance = _variance(rate, count, counts[CALLS], spread, before, at_cores, held, noise, work)
    return held + found[WAIT], variance, found[FULL] == 0.0 or rate < found[PASSES]


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
def _variance(
    rate: float,
    count: int,
    calls: int,
    spread: int,
    before: float,
    at_cores: float,
    held: float,
    noise: float,
    work: Reals,
) -> float:
    """Variance of the time at one host: the work's own, what congestion adds, and the wait."""
    mean, variance, still, rest = tagged(rate, count, work)
    congestion = max(0.0, variance - mean * mean)
    if spread == OWN:  # the tiers in front take their time of the same dear or cheap request
        return (held + before) ** 2 + congestion + noise + rest
    own = at_cores**2 / (calls + 1) + (held - at_cores) ** 2 / max(calls, 1)
    return own + steadied(congestion, still, own / held**2) + noise + rest


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
