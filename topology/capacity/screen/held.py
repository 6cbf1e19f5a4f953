"""Worker slots that are held over calls, compiled: the closed network inside them, and the queue before them."""

from __future__ import annotations

from topology.capacity.compiled import compiled
from topology.capacity.screen.outcome import Reals

NEGLIGIBLE = 1e-11
"""Probability of all states beyond, at which the count of requests inside is cut."""

# Mean-value results of these loops are those of queues.closed_throughput and queues.slots, which know one station
# and a delay; here the database is a station too, so that the recursion is another one. Tests compare the two.


@compiled
def demands(seconds: float, servers: int, background: float, most: int, found: Reals, terms: Reals) -> None:
    """found[m]: seconds for which the m-th of m requests keeps the station busy, for m up to `most`.

    `background` is the share of the servers that an open stream keeps busy: product form of a mixed network (Lavenberg
    1983; Bruell and Balbo 1980), exact for several servers too. With H(m) = m! h(m), where h sums over the number of
    others, m H(m-1) found[m] = seconds H(m); H is taken in two positive parts, with idle servers and without.
    """
    busy = background * servers
    terms[0] = 1.0
    for others in range(servers):
        terms[others + 1] = terms[others] * busy / (others + 1)
    idle = 0.0
    for others in range(servers):
        found[servers - others] = idle  # kept for m = servers - others
        idle += terms[others]
    full = terms[servers] / (1 - background)
    before = idle + full
    for count in range(1, servers + 1):
        full = (count / servers * full + terms[servers - count]) / (1 - background)
        whole = found[count] + full
        found[count] = seconds * whole / (count * before)
        before = whole
    for count in range(servers + 1, most + 1):
        found[count] = seconds / (servers * (1 - background))


@compiled
def inside(count: int, connections: int, unit: float, work: Reals) -> None:
    """Take the step to `count` requests inside, by Buzen's convolution (1973); the steps before must have been taken.

    Rows of `work`: 0 and 1 demands of the cores and of the database, where at most `connections` are let in; 2, 3 and 4
    weights of the cores, of the database and of both, which start at 1 and are kept near it by `unit` seconds. It adds
    the throughput to row 5 and the mean number at the cores to row 6.
    """
    work[2, count] = work[2, count - 1] * work[0, count] / unit
    work[3, count] = work[3, count - 1] * work[1, min(count, connections)] / unit
    total = at_cores = 0.0
    for here in range(count + 1):
        weight = work[2, here] * work[3, count - here]
        total += weight
        at_cores += here * weight
    work[4, count] = total
    work[5, count] = work[4, count - 1] / total / unit
    work[6, count] = at_cores / total


@compiled
def queue_sums(ratio: float, length: float) -> tuple[float, float, float, float]:
    """Weights of states behind full slots, ratio^k for k = 1 ... length: their sum, that of k ratio^k, and the last.

    All three are over ratio^length where ratio > 1; by the fourth the weights before the queue must be multiplied then.
    """
    if abs(ratio - 1) * length < 1e-5:
        return length, length * (length + 1) / 2, 1.0, 1.0
    if ratio < 1:
        last = ratio**length
        first = ratio * (1 - last) / (1 - ratio)
        return first, (first - length * last * ratio) / (1 - ratio), last, 1.0
    back = 1 / ratio
    last = back**length
    total = (1 - last) / (1 - back)
    return total, length * total - (total - 1 - (length - 1) * last) / (1 - back), 1.0, last
