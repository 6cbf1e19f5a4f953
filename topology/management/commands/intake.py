"""Reads access logs into a workload: what is asked of the site, how often, and how that is known."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from topology import document
from topology.design import Place, TierwrightError
from topology.intake import answer_of, read_logs, workload_of
from topology.management.command import FINE, PlanCommand
from topology.value import estimate
from topology.workload import Workload

BAR_WIDTH = 30


class Command(PlanCommand):
    """`manage.py intake`."""

    help = (
        "Read access logs, plain, gz or bz2, into a workload. The format is recognised; logs of several hosts over the"
        " same hours add up. No client address and no query is kept; of paths only the shapes of those worth caching."
    )
    example = "python manage.py intake access.log access.log.1.gz --busy 35 -o workload.yaml"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("logs", metavar="LOG", nargs="+", help="an access log")
        parser.add_argument("--month", metavar="YYYY-MM", help="the month of a log that numbers its days only")
        parser.add_argument(
            "--busy",
            metavar="PERCENT",
            type=float,
            help="how busy all cores of the server were in the log's busiest hour (in sar -u: 100 less %%idle)",
        )
        parser.add_argument("--server-type", metavar="NAME", help="the server type on which that was seen")
        parser.add_argument("--cores", metavar="N", type=int, help="the cores of that server, where it has no type")
        parser.add_argument(
            "--ram-used", metavar="MIB", type=int, help="memory in use in that hour, without page cache"
        )
        parser.add_argument(
            "--without-robots", action="store_true", help="the workload of people: clients that say they are robots out"
        )
        parser.add_argument(
            "--cache-seconds",
            metavar="S",
            type=int,
            default=60,
            help="how long a cache keeps an answer, for the pages worth caching (60)",
        )
        parser.add_argument("-o", dest="output", metavar="WORKLOAD.yaml", help="write the workload here")
        parser.add_argument("--json", action="store_true", help="facts, workload, rejected lines and notes as JSON")

    def run(self, **options: Any) -> int:
        # Nothing that is made here goes in circles; looking for circles would take a tenth of the time.
        gc.disable()
        bar = Bar() if sys.stderr.isatty() else None
        # The limit is the site's; here it holds only where it is asked for.
        limit = settings.MAX_LOG_BYTES if "MAX_LOG_BYTES" in os.environ else None
        try:
            reading = read_logs(
                [Path(log) for log in options["logs"]],
                month=options["month"],
                limit_bytes=limit,
                progress=bar,
                cache_seconds=options["cache_seconds"],
            )
        finally:
            gc.enable()
            if bar:
                bar.clear()
        workload = workload_of(
            reading,
            busy_percent=options["busy"],
            server_type=options["server_type"],
            cores=options["cores"],
            ram_used_mib=options["ram_used"],
            robots=not options["without_robots"],
        )
        answer = answer_of(reading, workload)
        if options["output"]:
            _write(Path(options["output"]), document.to_yaml(workload))
            self.say(
                f"{options['output']}: the workload, for `forecast`, `stages` and a plan's `workload: {{file: ...}}`"
            )
        if options["json"]:
            self.answer_json(answer)
        else:
            self.answer("\n".join(report(answer, workload)))
        return FINE


class Bar:
    """A progress bar on a terminal, drawn anew at each percent."""

    def __init__(self) -> None:
        self._drawn = -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if percent != self._drawn:
            self._drawn = percent
            filled = BAR_WIDTH * percent // 100
            sys.stderr.write(f"\r[{'#' * filled}{' ' * (BAR_WIDTH - filled)}] {percent:3d} % of {total / 1e6:,.1f} MB")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line as it was."""
        sys.stderr.write("\r\x1b[K")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TierwrightError(f"this cannot be written: {error.strerror}", place=Place(file=str(path))) from None


def report(answer: dict[str, Any], workload: Workload) -> Iterator[str]:
    """The answer in words and columns, for a person."""
    facts, source = answer["facts"], workload.source
    assert source is not None
    yield f"{', '.join(source.formats)}: {facts['parsed']:,} requests in {facts['lines']:,} lines"
    yield f"  could not be read {facts['failed']:,}, other lines {facts['other_lines']:,}, blank {facts['blank']:,}"
    yield f"  from {facts['first'] or '(no date)'} to {facts['last'] or '(no date)'}, confidence: {source.confidence}"
    yield f"  {source.why}"
    yield ""
    yield from _rates(facts, workload)
    yield ""
    yield from _classes(workload)
    yield from _worth_caching(answer["worth_caching"])
    rejected = answer["rejected"]
    if rejected["count"]:
        yield ""
        yield f"lines that could not be read: {rejected['count']:,}, such as (masked)"
        yield from (f"  {sample}" for sample in rejected["samples"][:3])
    if answer["notes"]:
        yield ""
        yield from (f"note: {note}" for note in answer["notes"])


def _rates(facts: dict[str, Any], workload: Workload) -> Iterator[str]:
    peak = workload.peak
    yield f"{'requests per second':24}{'low':>10}{'mid':>10}{'high':>10}"
    yield f"{'busiest hour':24}{peak.low:>10.3g}{peak.mid:>10.3g}{peak.high:>10.3g}  {facts['peak_hour'] or ''}"
    if workload.burst_requests_per_second is not None:
        burst = estimate(workload.burst_requests_per_second)
        yield f"{'busiest minute':24}{burst.low:>10.3g}{burst.mid:>10.3g}{burst.high:>10.3g}"
    if workload.burstiness is not None:
        index = estimate(workload.burstiness)
        yield f"{'burstiness (1: Poisson)':24}{index.low:>10.3g}{index.mid:>10.3g}{index.high:>10.3g}  {index.source}"
    if workload.growth is not None:
        low, mid, high = (f"{value:+.0%}" for value in (workload.growth.low, workload.growth.mid, workload.growth.high))
        yield f"{'growth a year':24}{low:>10}{mid:>10}{high:>10}"
    if workload.robots is not None:
        share = estimate(workload.robots.share)
        left = "; left out here" if workload.robots.left_out else ""
        yield f"robots that say so: {share.mid:.1%} of the requests of that hour{left}"
    if workload.observed is not None:
        seen = workload.observed
        yield f"server busy in that hour: {seen.cpu_share:.0%} at {seen.requests_per_second:.3g} requests per second"


def _classes(workload: Workload) -> Iterator[str]:
    yield f"{'class':12}{'share':>8}{'bytes p50':>12}{'p95':>12}{'mean':>12}{'ms p50':>10}{'p95':>10}"
    for name, item in workload.classes.items():
        sizes = (item.bytes.p50, item.bytes.p95, item.bytes.mean) if item.bytes else (None,) * 3
        times = (item.response_ms.p50, item.response_ms.p95) if item.response_ms else (None,) * 2
        columns = [f"{_number(value):>12}" for value in sizes] + [f"{_number(value):>10}" for value in times]
        yield f"{name:12}{item.share:>8.1%}" + "".join(columns)


def _worth_caching(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        return
    most = max(item["saves_cpu_share"] for item in found) or 1.0
    yield ""
    yield f"{'pages worth caching':44}{'hits':>10}{'found':>8}{'saves':>8}  of the work of pages and calls"
    for item in found:
        bar = "#" * max(1, round(BAR_WIDTH / 2 * item["saves_cpu_share"] / most))
        path = item["path"] if len(item["path"]) <= 42 else f"{item['path'][:41]}…"
        yield f"  {path:42}{item['hits']:>10,}{item['would_hit_share']:>8.0%}{item['saves_cpu_share']:>8.1%}  {bar}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:.3g}"
