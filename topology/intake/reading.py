"""Reading logs: the format recognised, every line counted, nothing of anybody kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from topology import registry
from topology.intake import clock, fast, formats, hits, requests, strangers
from topology.intake.format import Format, Reader
from topology.intake.formats import common, json_lines
from topology.intake.hits import Columns, Hit, Miss
from topology.intake.masking import masked
from topology.intake.pages import CACHE_SECONDS
from topology.intake.refusal import LogRefused
from topology.intake.sources import LONGEST_LINE, MAX_LOG_BYTES, Block, Log, Progress, blocks_of, log_of, open_log
from topology.intake.tally import Tally, Times

MOST_SAMPLES = 10
_FIRST_LOOK, _SECOND_LOOK = 200, 50_000
_LONGEST_SAMPLED = 1 << 16
_BOM = b"\xef\xbb\xbf"


@dataclass
class Lines:
    """What became of the lines."""

    read: int = 0
    blank: int = 0
    failed: int = 0
    other: int = 0
    samples: list[str] = field(default_factory=list)
    """Masked lines that failed, at most ten."""

    def miss(self, miss: Miss, line: bytes) -> None:
        """Count a line that gave no request."""
        if miss is Miss.OTHER:
            self.other += 1
            return
        self.failed += 1
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(masked(line))


@dataclass
class LogReading:
    """All that was read from one or more logs, as one."""

    tally: Tally = field(default_factory=Tally)
    lines: Lines = field(default_factory=Lines)
    formats: list[str] = field(default_factory=list)
    """Formats in words, in the order met."""
    notes: list[str] = field(default_factory=list)
    """What a person should know before trusting the figures."""
    dated: bool = True
    """False where the log numbers its days without a month."""
    names: list[str] = field(default_factory=list)
    """Names of the logs."""

    def note(self, sentence: str) -> None:
        """Add a note once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def read_logs(
    sources: Sequence[Path | Log],
    *,
    month: str | None = None,
    limit_bytes: int | None = MAX_LOG_BYTES,
    progress: Progress | None = None,
    cache_seconds: int = CACHE_SECONDS,
) -> LogReading:
    """Read logs as one: hosts over the same hours add up.

    `month` (YYYY-MM) dates logs that number days only. `limit_bytes` holds for each log, before and after unpacking;
    None is for files on one's own machine. `cache_seconds` is how long a cache is taken to keep an answer, where the
    pages worth caching are looked for, 1 to 86,400. Raises LogRefused, with a sentence for people, where a log is of
    another kind, damaged, empty or too large.
    """
    logs = [log_of(source) for source in sources]
    if not 1 <= cache_seconds <= clock.DAY:
        raise LogRefused("say how long a cache keeps an answer in seconds, from 1 to 86400", file="--cache-seconds")
    reading, known_month = LogReading(tally=Tally(cache_seconds=cache_seconds)), _month_of(month)
    seen: dict[tuple[int, bytes], str] = {}
    meter = _Meter(sum(log.size or 0 for log in logs), progress)
    try:
        for log in logs:
            _read_log(log, reading, month=known_month, limit_bytes=limit_bytes, meter=meter, seen=seen)
    finally:
        _forget()
    _conclude(reading, month)
    return reading


def _month_of(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    year, _, number = text.partition("-")
    digits = len(text) == 7 and text.isascii() and year.isdecimal() and number.isdecimal()
    if not digits or clock.day_start(int(year), int(number), 1) is None:
        raise LogRefused("write the month as YYYY-MM, such as 1995-08", file="--month")
    return int(year), int(number)


@dataclass
class _Meter:
    """Tells the progress over all logs."""

    total: int
    progress: Progress | None
    taken: int = 0

    def __call__(self, count: int) -> None:
        self.taken += count
        if self.progress is not None:
            self.progress(self.taken, max(self.total, self.taken))


def _read_log(
    log: Log,
    reading: LogReading,
    *,
    month: tuple[int, int] | None,
    limit_bytes: int | None,
    meter: _Meter,
    seen: dict[tuple[int, bytes], str],
) -> None:
    with open_log(log, tell_read=meter) as stream:
        blocks = blocks_of(log, stream, limit_bytes=limit_bytes)
        head = next(blocks, None)
        if head is None:
            raise LogRefused("this log is empty once unpacked; give one with at least a day of requests", file=log.name)
        beginning = bytes(head.data)
        _refuse_twice(log, beginning, seen)
        reader = _recognise(log, _sample(beginning))
        session = _Session(reading, reader, days=_days(log, reader, reading, month), large=_is_large(log, head))
        for block in _chain(head, blocks):
            session.take(block)
        session.finish(log)


def _chain(head: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield head
    yield from rest


def _refuse_twice(log: Log, head: bytes, seen: dict[tuple[int, bytes], str]) -> None:
    """The same log given twice would double every rate."""
    key = (log.size or 0, hashlib.blake2b(head, digest_size=16).digest())
    if key in seen:
        raise LogRefused(f"this is the same log as {seen[key]}; give each log once", file=log.name)
    seen[key] = log.name


def _is_large(log: Log, head: Block) -> bool:
    return (log.size or len(head.data)) >= fast.WORTHWHILE_BYTES


def _days(log: Log, reader: Reader, reading: LogReading, month: tuple[int, int] | None) -> clock.DayNumbers | None:
    """What dates the lines of a log without a month."""
    dated = not reader.dateless or month is not None
    if reading.names and reading.dated != dated:
        raise LogRefused(
            "this log and those before it cannot be put side by side: one of them has days but no month;"
            " say it with --month YYYY-MM",
            file=log.name,
        )
    reading.dated = dated
    reading.names.append(log.name)
    return clock.DayNumbers(month) if reader.dateless else None


def _sample(data: bytes) -> list[bytes]:
    lines = (clean(line) for line in data.split(b"\n", _SECOND_LOOK)[:_SECOND_LOOK])
    return [line for line in lines if line.strip() and len(line) <= _LONGEST_SAMPLED]


def clean(line: bytes) -> bytes:
    """A line without its line end, and without the marks that editors and log rotation leave at its start."""
    return line.rstrip(b"\r\n").lstrip(b"\0").removeprefix(_BOM)


def all_formats() -> tuple[Format, ...]:
    """Every format there is."""
    return registry.discover(formats, Format)


def _recognise(log: Log, sample: Sequence[bytes]) -> Reader:
    """The reader of the format that reads most lines of the sample."""
    for count in (_FIRST_LOOK, _SECOND_LOOK):
        lines = sample[:count]
        readable = {known.name: _readable(known, lines) for known in all_formats()}
        best = max(all_formats(), key=lambda known: readable[known.name])
        if readable[best.name] * 2 > len(lines):
            return best.open(lines)
    stranger = strangers.name_of_log(sample[:_FIRST_LOOK])
    if readable[best.name] and (stranger is None or readable[best.name] * 20 > len(sample)):
        return best.open(sample)
    raise LogRefused(_unknown(stranger), file=log.name)


def _readable(known: Format, lines: Sequence[bytes]) -> int:
    read = known.open(lines).line
    return sum(isinstance(read(line), Hit) for line in lines)


def _unknown(stranger: strangers.Stranger | None) -> str:
    if stranger is not None:
        return f"this looks like {stranger.name}, which is not read here: {stranger.way_out}"
    titles = (
        "common or combined (Apache, nginx, gunicorn), JSON lines, HAProxy HTTP, uWSGI, AWS load balancer, W3C, LTSV"
    )
    return f"no line of its beginning is a request in a format known here ({titles}); {strangers.OWN_LOG}"


class _Session:
    """One log on its way into the reading."""

    def __init__(self, reading: LogReading, reader: Reader, *, days: clock.DayNumbers | None, large: bool) -> None:
        self._reading, self._reader, self._days = reading, reader, days
        self._times = Times() if reader.layout and reader.layout.raw_times else None
        layout = reader.layout if large and reader.layout and reader.layout.fewest_words >= 3 else None
        module = fast.scanner() if layout else None
        self._fast = fast.FastBlocks(module, layout) if module and layout else None

    def take(self, block: Block) -> None:
        """Count a block."""
        lines = self._reading.lines
        lines.read += block.overlong
        lines.failed += block.overlong
        whole = len(block.data) - (not block.data or block.data[-1] != 10)
        if self._fast is None or whole < len(block.data):
            every = bytes(block.data).removesuffix(b"\n").split(b"\n") if block.data else []
            lines.read += len(every)
            self._read_slowly(every)
            return
        read = self._fast.read(block.data)
        lines.read += read.lines
        lines.blank += read.blank
        self._reading.tally.add(read.hits, self._times)
        self._read_slowly(read.left)

    def _read_slowly(self, raw_lines: Sequence[bytes]) -> None:
        columns, lines, read = Columns(methods=self._reading.tally.methods), self._reading.lines, self._reader.line
        for raw in raw_lines:
            line = clean(raw)
            if not line or not line.strip():
                lines.blank += 1
                continue
            hit = read(line) if len(line) <= LONGEST_LINE else Miss.FAILED
            if isinstance(hit, Miss):
                lines.miss(hit, line)
            else:
                columns.append(hit._replace(second=self._days.date(hit.second)) if self._days else hit)
        self._reading.tally.add(columns.batch(), self._times)

    def finish(self, log: Log) -> None:
        """Note the format and settle the unit of its times."""
        if self._reader.title not in self._reading.formats:
            self._reading.formats.append(self._reader.title)
        for note in self._reader.notes:
            self._reading.note(note)
        if self._days is not None and self._days.crossed and not self._reading.dated:
            self._reading.note(
                f"{log.name} runs over the end of a month whose length it does not tell; say its first month with"
                " --month YYYY-MM, or do not trust its spans and means."
            )
        if self._times is not None:
            self._settle_unit(log)

    def _settle_unit(self, log: Log) -> None:
        assert self._times is not None
        unit = common.unit_of(self._times.columns()[0].tolist())
        if unit != 1:
            self._reading.tally.pages.forget_times()
        if unit is None:
            self._reading.note(
                f"{log.name}: the whole numbers at the end of its lines may be times, but nothing says in which unit,"
                " so they are left out; log `$request_time` or `%D`."
            )
            return
        self._reading.tally.times.take(self._times, unit)
        named = "microseconds (%D)" if unit == 1 else "whole seconds (%T)"
        self._reading.note(
            f"{log.name}: the numbers at the end of its lines are taken for {named}, as their size says."
        )


def _conclude(reading: LogReading, month: str | None) -> None:
    if len(reading.tally.offsets) > 1:
        reading.note(
            f"Times carry {len(reading.tally.offsets)} different offsets from UTC; hours are those of the clock as"
            " logged, so an hour may hold what came at different moments."
        )
    if month is not None and reading.dated and not any("day:time" in title for title in reading.formats):
        reading.note("The logs have dates of their own, so --month changed nothing.")
    if not reading.dated:
        reading.note("This log numbers days without a month, so it gives no dates; say the month with --month YYYY-MM.")
    if reading.lines.failed * 20 > reading.lines.read:
        reading.note(
            f"{reading.lines.failed} of {reading.lines.read} lines could not be read; the figures rest on the others."
        )


def _forget() -> None:
    """Drop what was remembered of lines, addresses and paths."""
    for cache in (hits.client_hash, hits.page_number, requests.read_request, json_lines._written_moment):
        cache.cache_clear()
