"""The pages most worth caching: what a cache of answers in front of the site would save, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topology import demands
from topology.intake.bursts import is_clumped
from topology.intake.masking import folded
from topology.intake.pages import MOST_PAGES, SLOW_MICROS, PageCounts
from topology.intake.requests import API, KIND_MASK, PAGE, traits_of
from topology.intake.tally import HOUR_STEP, ROBOT, Tally

MOST_LISTED = 20
LEAST_HITS = 10
"""A path asked for less often is not shown: it saves next to nothing, and it might be one person's own."""
_MOSTLY_TIMED = 0.9
_LOOKED_AT = 2000
"""Pages whose paths are folded."""


@dataclass(frozen=True, kw_only=True)
class WorthCaching:
    """Paths that fold into one, and what a cache would save on them."""

    path: str
    """Folded: what could be an id or a token stands as `…`."""
    kind: str
    hits: int = 0
    misses: float = 0.0
    """Windows of time in which a path was asked for, each path counted for itself."""
    work: float = 0.0
    """Share of the work of all dynamic requests that it takes."""
    saved: float = 0.0
    """Share of that work that a cache would save."""
    bytes: int = 0
    numbers: tuple[int, ...] = field(default=(), repr=False)

    def joined(self, other: WorthCaching) -> WorthCaching:
        """Both as one."""
        return replace(
            self,
            hits=self.hits + other.hits,
            misses=self.misses + other.misses,
            work=self.work + other.work,
            saved=self.saved + other.saved,
            bytes=self.bytes + other.bytes,
            numbers=(*self.numbers, *other.numbers),
        )


def worth_caching(tally: Tally) -> list[dict[str, Any]]:
    """At most twenty folded paths, those that would save most first; empty where times within an hour mean nothing.

    `would_hit_share`: share of its hits that find an answer no older than `Pages.window_s` seconds, counted as one
    miss in each window of the clock in which a path is asked for (rather too many misses than too few).
    `saves_cpu_share`: share of the work of all dynamic requests saved so. Work is the measured response time where
    nine in ten are timed, else what the table of demands says of a page and a call of the API.
    """
    if is_clumped(tally):
        return []
    found = sorted(_folded(tally), key=lambda item: (-item.saved, item.path))
    listed = [item for item in found if item.hits >= LEAST_HITS and item.saved > 0][:MOST_LISTED]
    return [_document(tally, item) for item in listed]


def _folded(tally: Tally) -> Iterator[WorthCaching]:
    counts = tally.pages.counts()
    found: dict[str, WorthCaching] = {}
    for item in _single(tally, counts):
        found[item.path] = found[item.path].joined(item) if item.path in found else item
    yield from found.values()


def _single(tally: Tally, counts: PageCounts) -> Iterator[WorthCaching]:
    """Every page whose path is known, with its share of the work."""
    share_of = _measured(tally, counts) if _is_timed(tally, counts) else _by_kind(tally)
    texts = tally.pages.texts
    # A page that one client alone asks for might be that person's own, where the log tells clients apart at all.
    told_apart = tally.clients_named and tally.clients.count() > 1
    for place in _most_saved(counts, counts.shared if told_apart else counts.hits > 0):
        number = int(counts.number[place])
        path = texts.get(number)
        if path is None:
            continue
        kind, hits, misses = traits_of(path) & KIND_MASK, int(counts.hits[place]), float(counts.windows[place])
        work = share_of(place, kind, hits)
        yield WorthCaching(
            path=folded(path),
            kind="api" if kind == API else "page",
            hits=hits,
            misses=misses,
            work=work,
            saved=work * (1 - misses / hits),
            bytes=int(counts.sizes[place]),
            numbers=(number,),
        )


def _most_saved(counts: PageCounts, among: NDArray[np.bool_]) -> list[int]:
    """Places of the pages that save most hits; the many behind them would save next to nothing."""
    saved = np.where(among, counts.hits - counts.windows, 0)
    order = np.lexsort((counts.number, -saved))[:_LOOKED_AT]
    return [place for place in order.tolist() if saved[place] > 0]


def _dynamic_micros(tally: Tally) -> tuple[int, int]:
    """Response times of all pages and calls of the API, without the slowest: their sum and number."""
    micros, classes = tally.times.columns()
    kept = micros[((classes == PAGE) | (classes == API)) & (micros < SLOW_MICROS)]
    return int(kept.sum()), int(kept.size)


def _is_timed(tally: Tally, counts: PageCounts) -> bool:
    hits, timed = int(counts.hits.sum()), int(counts.timed.sum())
    return hits > 0 and timed >= _MOSTLY_TIMED * hits and _dynamic_micros(tally)[0] > 0


def _measured(tally: Tally, counts: PageCounts) -> Any:
    total = _dynamic_micros(tally)[0]
    return lambda place, kind, hits: int(counts.micros[place]) / total


def _by_kind(tally: Tally) -> Any:
    page = demands.PAGE_APP.mid + demands.PAGE_DATABASE.mid
    call = demands.API_APP.mid + demands.API_DATABASE.mid
    codes, counts = tally.hour_classes.merged()
    classes = codes % HOUR_STEP % ROBOT
    total = page * int(counts[classes == PAGE].sum()) + call * int(counts[classes == API].sum())
    return lambda place, kind, hits: hits * (call if kind == API else page) / total


def _document(tally: Tally, item: WorthCaching) -> dict[str, Any]:
    return {
        "path": item.path,
        "kind": item.kind,
        "hits": item.hits,
        "hours": tally.pages.hours(item.numbers),
        "pages": len(item.numbers),
        "would_hit_share": round(1 - item.misses / item.hits, 4),
        "saves_cpu_share": round(item.saved, 4),
        "bytes": item.bytes,
    }


def sentences(tally: Tally) -> list[str]:
    """What to know before trusting the table."""
    if is_clumped(tally):
        return []
    counts, said = tally.pages.counts(), []
    if counts.dropped:
        said.append(
            f"More than {2 * MOST_PAGES:,} different pages were asked for; those kept may lack up to"
            f" {counts.dropped:,} requests each in the table of pages worth caching."
        )
    if counts.sampled > 1:
        said.append(
            "So many pages came in so many windows of time that hits of a cache are estimated from one pair of page"
            f" and window in {counts.sampled}."
        )
    return said
