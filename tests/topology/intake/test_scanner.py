"""The compiled scanner says what the reader of the format says, of every line."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.topology.intake import hostile
from topology.intake import clock, fast, reading
from topology.intake.format import Layout
from topology.intake.formats import common
from topology.intake.hits import Batch, Columns, Hit, Methods

LAYOUTS = [
    Layout(),
    Layout(agent_token=1),
    Layout(agent_token=1, time_token=3),
    Layout(agent_token=1, time_token=3, raw_times=True),
    Layout(time_token=0),
]
Row = tuple[object, ...]


def rows_of(batch: Batch) -> list[Row]:
    columns = (
        batch.second,
        batch.client,
        batch.status,
        batch.size,
        batch.micros,
        batch.traits,
        batch.method,
        batch.whole,
        batch.page,
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(*row, batch.path_of(row[-1], place) if row[-1] else b"") for place, row in enumerate(rows)]


def read_slowly(lines: Sequence[bytes], layout: Layout) -> tuple[list[Row], int]:
    """The hits by the definition, and how many lines are none."""
    columns = Columns(methods=Methods())
    misses = 0
    for raw in lines:
        line = reading.clean(raw)
        hit = common.read(line, layout) if line.strip() else None
        if isinstance(hit, Hit):
            columns.append(hit)
        else:
            misses += 1
    return rows_of(columns.batch()), misses


def read_fast(lines: Sequence[bytes], layout: Layout) -> tuple[list[Row], int, int]:
    """The same through the scanner, and how many lines it left to the definition."""
    module = fast.scanner()
    assert module is not None, "numba is missing"
    data = b"".join(line + b"\n" for line in lines)
    block = fast.FastBlocks(module, layout).read(memoryview(bytearray(data)))
    rest, misses = read_slowly(block.left, layout)
    assert block.lines == len(lines)
    return rows_of(block.hits) + rest, misses + block.blank, len(block.left)


def agree(lines: Sequence[bytes], layout: Layout) -> None:
    expected, expected_misses = read_slowly(lines, layout)
    found, misses, _ = read_fast(lines, layout)
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert misses == expected_misses


@settings(max_examples=400, deadline=None)
@given(st.lists(hostile.lines, max_size=8), st.sampled_from(LAYOUTS))
@example([b'\t- - [10/Feb/2012:16:42:07 -0500] "GET / HTTP/1.1" 200 368'], Layout())
@example([b""], Layout())
def test_scanner_and_definition_agree_on_hostile_lines(lines: list[bytes], layout: Layout) -> None:
    agree(lines, layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_scanner_and_definition_agree_on_every_pair_of_parts(layout: Layout) -> None:
    """Each request with each tail, each date with each prefix and client."""
    frame = b'%s %s [%s] "%s" %s%s'
    several = [
        frame % (b"192.0.2.7", b"- -", hostile.DATES[0], request, ending, tail)
        for request, ending, tail in itertools.product(hostile.REQUESTS, hostile.ENDINGS, hostile.TAILS)
    ]
    several += [
        frame % (client, prefix, date, b"GET / HTTP/1.1", b"200 5", b' "-" "ua" "-" 0.1')
        for client, prefix, date in itertools.product(hostile.CLIENTS, hostile.PREFIXES, hostile.DATES)
    ]
    agree(several, layout)


def test_scanner_reads_ordinary_lines_by_itself() -> None:
    line = (
        b'198.51.100.4 - - [10/Feb/2012:16:42:%02d -0500] "GET /a/b.css?x=1 HTTP/1.1" 200 368'
        b' "http://e.com/" "Mozilla/5.0 (X11; Linux) Firefox/10"'
    )
    lines = [line % second for second in range(60)]

    found, misses, left = read_fast(lines, Layout(agent_token=1))

    assert (len(found), misses, left) == (60, 0, 0)


def test_scanner_names_the_pages_that_a_cache_might_keep() -> None:
    asked = [b"/blog/7/?page=2", b"/blog/7/", b"/a.css", b"/blog/;x", b"/", b"/socket.io/1/", b"/api/v1/"]
    lines = [b'h - - [10/Feb/2012:16:42:07 -0500] "GET %s HTTP/1.1" 200 1' % path for path in asked]
    lines += [line.replace(b"200 1", b"304 0") for line in lines]
    lines += [line.replace(b"GET", b"HEAD") for line in lines]

    found, misses, left = read_fast(lines, Layout())

    assert (misses, left) == (0, 0)
    assert [row[-1] for row in found][:7] == [b"/blog/7/", b"/blog/7/", b"", b"/blog/", b"/", b"", b"/api/v1/"]
    assert {row[-1] for row in found[7:]} == {b""}
    assert len({row[-2] for row in found}) == 5


def test_days_of_the_scanner_are_those_of_the_calendar() -> None:
    start = np.datetime64("1970-01-01")
    days = [start + np.timedelta64(offset, "D") for offset in range(0, 84_000, 7)]
    months = list(clock.MONTHS)
    lines = [
        b'h - - [%02d/%s/%d:00:00:00 +0000] "GET / HTTP/1.1" 200 1' % (day.day, months[day.month - 1], day.year)
        for day in (value.astype(object) for value in days)
    ]

    found, misses, _ = read_fast(lines, Layout())

    assert misses == 0
    assert [row[0] for row in found] == [int((day - start).astype(int)) * 86_400 for day in days]
