"""Never swap: the number of workers at which memory ends, and what the next ones do to all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from topology.capacity.answer import Number
from topology.capacity.lessons.lesson import CLEAR, NO_PAGES, Lesson, LessonPoint, factor, line, nothing
from topology.capacity.lessons.memory_first import DISK_2006
from topology.capacity.lessons.situation import Situation
from topology.capacity.limits import Limits
from topology.capacity.queues import closed_throughput
from topology.capacity.uncertainty import Corner, at
from topology.capacity.words import digits
from topology.demands import READ_DISK, guess
from topology.value import Estimate

NAME = "swapping"
TOUCHED = guess(2, 5, 15, "MiB of its memory that a worker touches for one page; not measured")
PAGE_KIB = 4
"""What the processor's memory management moves at once."""
BEYOND = 1.2
"""The lesson's factor is told for a fifth more workers than fit."""
STEPS = (0.2, 0.5, 0.8, 1.0, 1.02, 1.05, 1.1, 1.2, 1.4)
"""Of the workers that fit."""


def most_workers(ram_mib: float, others_mib: float, worker_mib: float) -> int:
    """Workers that fit: the largest W with W · RSS at most the memory that everything else leaves."""
    return max(0, math.floor((ram_mib - others_mib) / worker_mib))


def swapped_share(workers: float, worker_mib: float, free_mib: float) -> float:
    """Share of the workers' memory that is on the disk: 1 − free / (W · RSS), all of it equally likely."""
    wanted = workers * worker_mib
    return max(0.0, 1 - free_mib / wanted) if wanted > 0 else 0.0


def fault_rate(share: float, touched_mib: float, read_ms: float) -> float:
    """Pages per second at which the disk does nothing but swap in: 1 / (touched / 4 KiB · share · seconds of a read).

    Each page touched that is out must be read before the work goes on (Denning 1968, thrashing).
    """
    faults = touched_mib * 1024 / PAGE_KIB * share
    return 1000 / (faults * read_ms) if faults > 0 else math.inf


@dataclass(frozen=True, kw_only=True)
class _Server:
    """One server of the application."""

    name: str
    workers: int
    slots: int
    worker_mib: float
    free: float
    """MiB that everything but the workers leaves."""
    cores: int
    service: float
    think: float

    @property
    def fitting(self) -> int:
        return most_workers(self.free, 0, self.worker_mib)

    def rate(self, workers: float, read_ms: float, touched_mib: float) -> float:
        """Pages per second that so many workers pass, with what of them is swapped out read back."""
        slots = max(1, round(workers * self.slots / self.workers))
        calm = slots / self.think if self.think > 0 else math.inf
        if self.service > 0:
            calm = closed_throughput(slots, self.cores, self.service, self.think)
        share = swapped_share(workers, self.worker_mib, self.free)
        return min(calm, fault_rate(share, touched_mib, read_ms))


def lesson(situation: Situation) -> Lesson:
    """The lesson for one plan."""
    effect, then = _cliff(situation, READ_DISK), _cliff(situation, DISK_2006)
    server = _server(situation, situation.worlds[0], "mid")
    fits = NO_PAGES
    if server is not None:
        fits = f"{server.fitting} workers fit on {server.name} and {server.workers} are planned; beyond, it swaps"
    return Lesson(
        name=NAME,
        title="Never swap",
        chapter="As soon as a server swaps its performance dies. No server should ever do it: buy memory until none"
        " does.",
        says=_says(situation, server, effect.value, then.value),
        brief=fits,
        status="holds" if effect.value >= CLEAR else "partly",
        effect=effect,
        then=then,
        valid="Holds everywhere; with solid-state disks the fall begins later and is less deep than it was. The model"
        " claims no capacity at all for a server that swaps. How deep it falls rests on a guess of what a page"
        " touches; where it begins does not.",
        formula="begins at W · RSS > RAM − the rest; then 1 / (touched / 4 KiB · (1 − free / (W · RSS)) · seconds of a"
        " read), at most what W workers pass",
        source="Denning 1968 (thrashing); machine repairman for what workers pass (`closed_throughput`)",
        x_label="workers on one server",
        y_label="pages/s",
        points=_points(server),
    )


def _server(situation: Situation, world: Limits, end: Corner) -> _Server | None:
    """The application's first server, with a worker of this end of its range; None where no page comes to it."""
    name = situation.app_host.name
    pool = next((each for each in situation.app_pools(world) if each.key[0] == name), None)
    if pool is None or pool.service + pool.think <= 0:
        return None
    placed = situation.study.network.placed[pool.key]
    processes = sum(e.processes or 1 for e in situation.cluster.endpoints_of(placed) if e.service == "app")
    use = next(host.memory for host in situation.forecast.hosts if host.name == name)
    workers = max(1, processes)
    others = use.used - situation.worker_mib.mid * workers
    return _Server(
        name=name, workers=workers, slots=pool.slots, worker_mib=at(situation.worker_mib, end),
        free=max(0.0, use.total - others), cores=situation.app_host.type.cores, service=pool.service,
        think=pool.think,
    )  # fmt: skip


def _cliff(situation: Situation, disk: Estimate) -> Number:
    """What workers that fit pass, over what passes with a fifth more, or with as many more as are planned."""
    values = []
    ends: tuple[Corner, ...] = ("mid", "low", "high")
    for world, end in zip(situation.worlds, ends, strict=False):
        server = _server(situation, world, end)
        if server is None:
            return nothing(NO_PAGES)
        fitting = max(1, server.fitting)
        read, touched = at(disk, end), at(TOUCHED, end)
        beyond = max(fitting * BEYOND, float(server.workers))
        values.append(server.rate(fitting, read, touched) / server.rate(beyond, read, touched))
    return factor(values, f"pages/s with the workers that fit over pages/s with {BEYOND:g} times as many or more")


def _says(situation: Situation, server: _Server | None, gain: float, then: float) -> str:
    if server is None:
        return NO_PAGES
    fitting = server.fitting
    state = "so it does not swap" if server.workers <= fitting else "so it swaps"
    more = "a fifth more" if server.workers <= fitting * BEYOND else f"the {server.workers}"
    rate = server.rate(max(1, fitting), READ_DISK.mid, TOUCHED.mid)
    return (
        f"{server.name} has room for {fitting} workers of {digits(server.worker_mib)} MiB and {server.workers} are"
        f" planned, {state}. All that fit would pass {digits(rate)} pages/s; {more} would pass {digits(rate / gain)}"
        f" with a solid-state disk and {digits(rate / then)} with a disk of 2006: not to swap is worth"
        f" ×{digits(gain)}, and was worth ×{digits(then)}. That a page touches {TOUCHED.mid:g} MiB is a guess."
    )


def _points(server: _Server | None) -> tuple[LessonPoint, ...]:
    if server is None:
        return ()
    fitting = max(1, server.fitting)
    counts = sorted({max(1, round(step * fitting)) for step in STEPS})
    now = ((float(count), server.rate(count, READ_DISK.mid, TOUCHED.mid)) for count in counts)
    old = ((float(count), server.rate(count, DISK_2006.mid, TOUCHED.mid)) for count in counts)
    return (*line("solid-state disk", now), *line("disk of 2006", old))
