"""The paper's numbers are those of the formulas."""

from __future__ import annotations

from pathlib import Path

import pytest

from topology.capacity.lessons import LESSON_NAMES, keep_alive, memcached, memory_first, separate_database, swapping
from topology.demands import READ_DISK, READ_NETWORK_DISK
from topology.popularity import best_hit_ratio
from topology.stages.teaching import LESSONS

PAPER = " ".join((Path(__file__).parents[4] / "docs" / "lessons.md").read_text(encoding="utf-8").split())


def test_every_lesson_has_its_chapter_and_its_stage() -> None:
    for name in LESSON_NAMES:
        assert f": `{name}` " in PAPER
    for stage in LESSONS:
        assert f"| `{stage}` |" in PAPER


@pytest.mark.parametrize(
    ("label", "timeout"), [("off", 0), ("2 s", 2), ("5 s", 5), ("15 s, the default of Apache 2.0", 15)]
)
def test_pages_with_keep_alive(label: str, timeout: float) -> None:
    passed = keep_alive.most_pages(150, 0.12, 10, timeout)

    assert f"| {label} | {passed:,.{0 if timeout == 0 else 1}f} |" in PAPER


def test_what_one_worker_too_many_costs() -> None:
    one, ten = (
        swapping.fault_rate(swapping.swapped_share(count, 25, 150 * 25), swapping.TOUCHED.mid, 8)
        for count in (151, 160)
    )

    assert f"one worker more leaves {one:.1f} pages/s, ten more {ten:.1f}" in PAPER


def test_the_split() -> None:
    one, two = separate_database.together_rate(2, 0.04, 0.025), separate_database.apart_rate(2, 0.04, 0.025)
    before, after = (separate_database.response(30, 2, *demands) for demands in ((0.065,), (0.04, 0.025)))

    assert before is not None
    assert after is not None
    assert f"{one:.1f} → {two:.0f} requests/s" in PAPER
    assert f"{after * 1000:.0f} ms in place of {before * 1000:,.0f}" in PAPER
    assert f"at 92.5 % of the CPU, ×{1 / 0.925:.2f}" in PAPER


@pytest.mark.parametrize("gib", [0.25, 1, 1.5])
def test_memory(gib: float) -> None:
    carried = memory_first.disk_rate(40, 8, memory_first.hit_ratio(gib, 2, 0.8))

    assert f"| {gib:g} GiB | {carried:.1f} |" in PAPER


def test_todays_disks() -> None:
    hits = memory_first.hit_ratio(0.25, 2, 0.8)
    local, network = (memory_first.disk_rate(40, disk.mid, hits) for disk in (READ_DISK, READ_NETWORK_DISK))

    assert f"the disk would carry {local:.0f}" in PAPER
    assert f"({READ_NETWORK_DISK.mid:g} ms a read) carries {min(80.0, network):.1f}" in PAPER
    assert f"({READ_DISK.mid:g} ms a read)" in PAPER
    high = memory_first.hit_ratio(0.125, 1, 0.8) / best_hit_ratio(1_000_000, 125_000, 0.8) - 1
    assert f"by {high * 100:.0f} % at an eighth of the data" in PAPER


def test_guesses_are_those_of_the_code() -> None:
    data, reads, touched = memory_first.DATABASE_GIB, memory_first.READS, swapping.TOUCHED

    assert f"a guess of {data.mid:g} GiB ({data.low:g} to {data.high:g})" in PAPER
    assert f"{reads.mid:g} reads for a query ({reads.low:g} to {reads.high:g})" in PAPER
    assert f"a page touches {touched.mid:g} MiB ({touched.low:g} to {touched.high:g})" in PAPER


def test_the_cache() -> None:
    rates = [memcached.cached_rate(2, 0.001, 0.04, hits, removed=0.8) for hits in (0, 0.8, 0.9)]

    assert "{:.1f} requests/s, {:.1f} when 80 % hit, {:.1f} at 90 %".format(*rates) in PAPER
