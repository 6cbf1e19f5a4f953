"""Memory before processors, the database's first: how often it must read from its disk, then and with today's disks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from topology.capacity.answer import Number
from topology.capacity.lessons.lesson import Lesson, LessonPoint, Status, by_gain, factor, line
from topology.capacity.lessons.separate_database import DATABASE
from topology.capacity.lessons.situation import Situation, of_services
from topology.capacity.limits import Limits
from topology.capacity.words import digits, percent
from topology.components import Placed
from topology.demands import READ_DISK, guess
from topology.value import Estimate, estimate

NAME = "memory_first"
DISK_2006 = Estimate(
    low=6, mid=8, high=12, basis="default", source="a disk of 7,200 to 10,000 rpm: seek and half a turn"
)
"""Milliseconds of one random read from a disk with arms."""
DATABASE_GIB = guess(0.5, 2, 20, "an unknown site's database; the chapter tells of one of half a million articles")
READS = guess(1, 8, 40, "pages of the database that one query reads; rows of a list lie apart; not measured")
SHARES = (0.05, 0.125, 0.25, 0.5, 0.75, 0.9, 1.0, 1.25)
"""Of the database: memory for which the curve is worked out."""


def hit_ratio(memory: float, data: float, exponent: float) -> float:
    """Share of the reads that memory answers: (M / D)^(1 − s), M and D in one unit; 1 where the data fit.

    The rule of thumb for Zipf's law with s below 1 (Breslau et al. 1999): the most wanted are held. For s of 1 and
    more it has no meaning; then ln(1 + M) / ln(1 + D) of the same law, in units of a thousandth of the data.
    """
    if memory >= data:
        return 1.0
    if memory <= 0:
        return 0.0
    if exponent < 1:
        return float((memory / data) ** (1 - exponent))
    return math.log1p(1000 * memory / data) / math.log1p(1000)


def disk_rate(reads: float, read_ms: float, hits: float) -> float:
    """Requests per second at which the disk is busy all the time: 1 / (reads · (1 − h) · seconds of a read)."""
    busy = reads * (1 - hits) * read_ms / 1000
    return 1 / busy if busy > 0 else math.inf


@dataclass(frozen=True, kw_only=True)
class _Store:
    """The database as the lesson sees it, for one mean request of the site."""

    data: float
    """GiB."""
    memory: float
    """GiB that its server has for it, its own cache and the system's."""
    reads: float
    exponent: float
    cpu_rate: float
    """Rate of the site at which the CPU of its server is full."""

    def rate(self, memory: float, read_ms: float) -> float:
        hits = hit_ratio(memory, self.data, self.exponent)
        return min(self.cpu_rate, disk_rate(self.reads, read_ms, hits))

    def gain(self, read_ms: float) -> float:
        """What it carries with all data in memory, over what it carries now."""
        now, then = self.rate(self.memory, read_ms), self.rate(self.data, read_ms)
        return then / now if 0 < now <= then < math.inf else 1.0

    @property
    def asks(self) -> bool:
        """Whether requests ask it anything."""
        return self.reads > 0 and math.isfinite(self.cpu_rate)


def lesson(situation: Situation) -> Lesson:
    """The lesson for one plan."""
    effect, then = _factor(situation, READ_DISK), _factor(situation, DISK_2006)
    store = _store(situation, situation.worlds[0])
    return Lesson(
        name=NAME,
        title="Memory first, and the database's before all",
        chapter="Buy as much memory as you can, for the database first, until all of it fits; faster processors help"
        " little, since servers wait for their disks most of the time.",
        says=_says(situation, store, effect.value, then.value),
        brief=_brief(store, effect.value),
        status=_status(effect),
        effect=effect,
        then=then,
        valid="Holds while the database does not fit into its server's memory and its disk is slow: before that a"
        " faster CPU buys nothing, afterwards it buys everything. A local solid-state disk reads some 60 times as fast"
        " as the disks of 2006, so the disk binds far later, if at all; a network volume lies between.",
        formula="h = (M / D)^(1 − s); rate = min(rate of the CPU, 1 / (reads · (1 − h) · seconds of a read))",
        source="Breslau et al. 1999; utilisation law (Denning and Buzen 1978); a read from a solid-state disk:"
        f" {READ_DISK.source}",
        x_label="memory for the database, GiB",
        y_label="requests/s that its server carries",
        points=_points(store),
    )


def _status(effect: Number) -> Status:
    """What may still be short of memory within the range of the inputs is not called void."""
    status = by_gain(effect.value)
    return "partly" if status == "void here" and by_gain(effect.high) != "void here" else status


def _database(situation: Situation) -> Placed | None:
    return next((each for each in situation.cluster.placed if "sql" in situation.offers(each.key)), None)


def _store(
    situation: Situation, world: Limits, *, data: float | None = None, reads: float | None = None
) -> _Store | None:
    placed = _database(situation)
    if placed is None:
        return None
    host = placed.host
    seconds = situation.cpu(world, of_services(situation, DATABASE)) * situation.app_host.type.speed / host.type.speed
    shared = world.state.cpu.get(host.name, 0.0)
    busy = max(seconds, shared)
    return _Store(
        data=data or _data(situation).mid,
        memory=_memory(situation, placed),
        reads=situation.queries(world) * (reads or READS.mid),
        exponent=situation.surroundings.popularity.mid,
        cpu_rate=host.type.cores / busy if busy > 0 else math.inf,
    )


def _data(situation: Situation) -> Estimate:
    written = situation.workload.database_gib
    return DATABASE_GIB if written is None else estimate(written)


def _memory(situation: Situation, placed: Placed) -> float:
    """GiB: what the server's roles leave, and the database's own cache."""
    use = next(host.memory for host in situation.forecast.hosts if host.name == placed.host.name)
    own = sum(mib for name, mib in use.parts.items() if name == f"{placed.role.name}: shared buffers")
    return max(0.0, use.total - use.used + own) / 1024


def _factor(situation: Situation, disk: Estimate) -> Number:
    data = _data(situation)
    cases = [(situation.worlds[0], data.mid, READS.mid, disk.mid)]
    for world in situation.worlds:
        cases += [(world, data.low, READS.low, disk.low), (world, data.high, READS.high, disk.high)]
    values = []
    for world, size, reads, read_ms in cases:
        store = _store(situation, world, data=size, reads=reads)
        values.append(1.0 if store is None else store.gain(read_ms))
    return factor(values, "rate with all data in memory over rate with the memory there is")


def _says(situation: Situation, store: _Store | None, gain: float, then: float) -> str:
    if store is None:
        return "No server of this plan holds the database, so its memory is somebody else's to buy."
    if not store.asks:
        return "Requests of this workload ask the database nothing, so its memory is no limit."
    hits = hit_ratio(store.memory, store.data, store.exponent)
    known = "" if situation.workload.database_gib is not None else ", a guess until the plan says database_gib"
    start = (
        f"The database ({digits(store.data)} GiB{known}) has {digits(store.memory)} GiB of memory, which answer"
        f" {percent(hits)} of its reads."
    )
    if hits >= 1:
        most = _data(situation).high
        larger = f" If it were {digits(most)} GiB, memory would count." if most > store.memory else ""
        return f"{start} It fits, so more memory buys nothing, and the CPU is what counts.{larger}"
    now, old = store.rate(store.memory, READ_DISK.mid), store.rate(store.memory, DISK_2006.mid)
    return (
        f"{start} With a local solid-state disk its server carries {digits(now)} requests/s, and ×{digits(gain)} if all"
        f" of it fitted; with a disk of 2006 it would be {digits(old)} requests/s, and ×{digits(then)}. That a query"
        f" reads {READS.mid:g} pages is a guess."
    )


def _brief(store: _Store | None, gain: float) -> str:
    if store is None:
        return "the database's memory is not this plan's"
    if not store.asks:
        return "nothing is asked of the database"
    if store.memory >= store.data:
        return f"the database ({digits(store.data)} GiB) fits into memory, so more of it buys nothing"
    return f"all of the database in memory would carry ×{digits(gain)} with a solid-state disk"


def _points(store: _Store | None) -> tuple[LessonPoint, ...]:
    if store is None:
        return ()
    places = sorted({share * store.data for share in SHARES})
    now = ((memory, store.rate(memory, READ_DISK.mid)) for memory in places)
    old = ((memory, store.rate(memory, DISK_2006.mid)) for memory in places)
    finite = (point for point in (*line("solid-state disk", now), *line("disk of 2006", old)))
    return tuple(point for point in finite if math.isfinite(point.y))
