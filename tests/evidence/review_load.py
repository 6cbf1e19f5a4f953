"""Fifty people review for ten minutes on a site that is a year old: how long pages take, and what stays whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from tests.evidence import Cell, Evidence
from tests.load.cluster import postgresql
from tests.load.people import OPEN, READS, THINK, Click, Record, VirtualPerson, work
from tests.load.scene import desk_says, is_whole
from tests.load.site import Site, prepare, site, variables_of
from tests.workers import clearing_up

ISSUE = 4
PROMISED_MS = {"read": 250, "preview": 600, "write": 400}
"""At the 95th percentile, on a machine of two cores that does nothing else."""
MOST_GROWTH = 0.10
ALONE = 25
"""Clicks of a kind, one after the other."""
TITLES = {"read": "reads", "preview": "live previews", "write": "writes"}


@dataclass(kw_only=True)
class Load:
    """What is measured, and how long."""

    size: str = "full"
    people: int = 50
    seconds: float = 600.0
    think: tuple[float, float] = THINK
    warm: float = 60.0
    """Seconds after which memory is looked at first."""
    most_people: int = 12
    most_seconds: float = 60.0
    """Afterwards so many click without a pause for so long: the most that it carries."""


@dataclass(kw_only=True)
class Found:
    """What came of it."""

    record: Record
    most: Record
    most_seconds: float
    memory: dict[str, float] = field(default_factory=dict)
    """When -> MiB of both workers together."""
    series: list[float] = field(default_factory=list)
    """The same, every `warm` seconds."""
    cpu_seconds: float = 0.0
    """Of both workers, over the main run."""
    load: float = 0.0
    """Mean number of processes of the machine that wanted a core."""
    alone: dict[str, float] = field(default_factory=dict)
    """What -> milliseconds of processor time for one, with nothing else to do."""
    missing: list[str] = field(default_factory=list)
    history: str = ""

    @property
    def faults(self) -> list[Click]:
        """Answers that no page should give, and connections that broke."""
        return [click for click in self.record.clicks + self.most.clicks if click.status == 0 or click.status >= 500]

    @property
    def growth(self) -> float:
        """Of the workers' memory, as a share."""
        return self.memory["end"] / self.memory["warm"] - 1

    @property
    def passed(self) -> bool:
        """Nothing failed, nothing is lost, nothing leaks."""
        return not self.faults and not self.missing and self.growth < MOST_GROWTH and is_whole(self.history)


def measure() -> Evidence:
    """Fill a PostgreSQL, let people in, and count."""
    with clearing_up(), postgresql() as cluster:
        found = run(Load(), cluster.url)
    return Evidence(
        title="Ten minutes of review by fifty people",
        command="bin/evidence 4 --only review_load",
        passed=found.passed,
        columns=("clicks", "number", "p50, ms", "p95, ms", "p99, ms", "promised p95, ms", "processor alone, ms"),
        rows=tuple(rows_of(found)),
        text=_text(found),
    )


def run(load: Load, database: str) -> Found:
    """The whole measurement on one database."""
    with tempfile.TemporaryDirectory(prefix="tierwright-load.") as folder:
        variables = variables_of(Path(folder), database)
        prepare(variables)
        desks = desk_says(variables, "fill", load.size, str(load.people))
        with site(variables) as found:
            return _use(load, found, desks)


def _use(load: Load, served: Site, desks: Sequence[dict[str, Any]]) -> Found:
    memory: dict[str, float] = {}
    loads: list[float] = []
    series: list[float] = []

    def look(since: float) -> None:
        loads.append(os.getloadavg()[0])
        if since >= load.warm * (len(series) + 1):
            series.append(sum(served.rss_mib().values()))
            memory.setdefault("warm", series[0])

    before = _cpu(served)
    record = work(desks, served.port, seconds=load.seconds, think=load.think, meanwhile=look)
    memory["end"] = sum(served.rss_mib().values())
    cpu = _cpu(served) - before
    most = work(desks[: load.most_people], served.port, seconds=load.most_seconds, think=(0.0, 0.0), seed=5)
    variables = dict(served.variables)
    return Found(
        record=record, most=most, alone=_alone(served, desks),
        most_seconds=load.most_seconds, memory=memory, series=series, cpu_seconds=cpu, load=fmean(loads),
        missing=desk_says(variables, "look", given=record.marks + most.marks),
        history=served.manage("verify_history", check=False).stdout.strip(),
    )  # fmt: skip


def _alone(served: Site, desks: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Processor time does not depend on what else the machine does."""
    desk = next(desk for desk in desks if any(row["own"] and row["state"] in OPEN for row in desk["proposals"]))
    person = VirtualPerson(desk, served.port, Record(name="alone"), seed=6)
    found = {}
    for what in (*READS, "live preview"):
        person.look(what)
        before = _cpu(served)
        for _ in range(ALONE):
            person.look(what)
        found[what] = 1000 * (_cpu(served) - before) / ALONE
    person.browser.close()
    return found


def _cpu(served: Site) -> float:
    ticks = 0
    for pid in served.workers:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def rows_of(found: Found) -> Iterator[tuple[Cell, ...]]:
    """By kind, and under each kind by page."""
    for kind, title in TITLES.items():
        of_kind = [click for click in found.record.clicks if click.kind == kind]
        yield (f"**{title}**", *_figures(of_kind), PROMISED_MS[kind], None)
        for what in sorted({click.what for click in of_kind}):
            yield (
                f"{title}: {what}",
                *_figures([click for click in of_kind if click.what == what]),
                None,
                found.alone.get(what),
            )


def _figures(clicks: Sequence[Click]) -> tuple[Cell, ...]:
    found = sorted(click.seconds for click in clicks)
    if not found:
        return (0, None, None, None)
    points = (found[min(len(found) - 1, int(share * len(found)))] for share in (0.5, 0.95, 0.99))
    return (len(found), *(round(1000 * point) for point in points))


def _text(found: Found) -> str:
    clicks, refused = found.record.clicks, [click for click in found.record.clicks if 400 <= click.status < 500]
    statuses: dict[int, int] = {}
    for click in clicks + found.most.clicks:
        statuses[click.status] = statuses.get(click.status, 0) + 1
    most = _figures([click for click in found.most.clicks if click.kind == "read"])
    return f"""
On a PostgreSQL with 200 plans of 10 teams, 2,000 proposals, 20,000 revisions, 50,000 comments and 100,000 events of
the audit; gunicorn with 2 worker processes of 8 threads; accounts on, every person logged in. Each thinks
{THINK[0]:g} to {THINK[1]:g} seconds between two clicks, of which 80 % read, 15 % preview an edit and 5 % write. After a
save in review the real programs check the files beside the site, as in life.

- **{len(clicks):,} clicks; answers by status, with those of the second run: \
{", ".join(f"{number:,} × {status}" for status, number in sorted(statuses.items()))}.** \
{len(found.faults)} faults; {len(refused)} refused (somebody else was first, or may not).
- **Memory** of both workers: {found.memory["warm"]:.0f} MiB after a minute, {found.memory["end"]:.0f} MiB at the end, \
{100 * found.growth:+.1f} % (promised: under {100 * MOST_GROWTH:.0f} %); \
minute by minute: {", ".join(f"{size:.0f}" for size in found.series)}. What is kept of pages is bounded, but is only \
full after some hundred clicks.
- **Written**: {len(found.record.marks) + len(found.most.marks):,} writes were acknowledged; \
{len(found.missing)} of them are not there exactly once.
- **The most that it carries**: {len(found.most.clicks) / found.most_seconds:.1f} clicks a second, by people who do not
pause; their reads take {most[1]} ms at the median and {most[2]} ms at p95.
- **The machine was busy with other work**: on average {found.load:.1f} processes wanted one of its \
{os.cpu_count()} cores, while the promised times are those of an idle machine with two. What can be told apart is the
work itself: the workers took {1000 * found.cpu_seconds / max(1, len(clicks)):.0f} ms of processor time a click over
the whole run; the last column is that of one page when nobody else asks, each time of another proposal. The times are
written down, not asserted; asserted are no fault, memory, every acknowledged write, and the history.

```
{found.history}
```
"""
