"""What lies beyond the peak, as the forecast page shows it: years, deaths of servers, the week, a while, money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planner.charts import Heat, TimeLine, heat_of, time_line
from planner.figures import count, percent
from planner.groups import hues_of
from topology.capacity import (
    HEADROOMS,
    Failure,
    Figure,
    Forecast,
    Need,
    Number,
    Outlook,
    Variation,
    Week,
    needs_varied,
    outlook_varied,
    varied,
)
from topology.design import Design, TierwrightError, server_names
from topology.diff import listing

FIGURES: Mapping[Figure, str] = {"mean": "Mean", "p50": "50 % within", "p95": "95 % within", "p99": "99 % within"}
HOURS_A_DAY = 24
WORTH_SAYING = 0.005
"""Share of requests below which a difference is none to a reader."""
KINDS = {"page": "pages", "api": "API calls", "static": "static files", "media": "media"}


@dataclass(frozen=True, kw_only=True)
class FailureRow:
    """Servers of a tier dead, at the peak."""

    failure: Failure
    hue: int
    at_worst_alive: float
    """Share of requests that may be refused even with every server alive."""

    @property
    def who(self) -> str:
        """Who is dead: `1 of 3`."""
        return f"{self.failure.dead} of {count(self.failure.servers)}"

    @property
    def stops(self) -> str:
        """What nobody answers any more; empty where everything is answered."""
        return ", ".join(KINDS[kind] for kind in self.failure.stops)

    @property
    def may_refuse(self) -> bool:
        """Whether it holds as expected, and less surely than with every server alive."""
        return self.failure.holds and self.failure.refused.high > self.at_worst_alive + WORTH_SAYING


@dataclass(frozen=True, kw_only=True)
class LossRow:
    """What a tier's deaths cost in a year."""

    tier: str
    hue: int
    minutes: Number
    share: float
    """Of the dearest, in percent: the length of its bar."""


@dataclass(frozen=True, kw_only=True)
class Calm:
    """Hours of the day in which a tier can do without one of its servers."""

    tier: str
    hue: int
    runs: tuple[tuple[int, int], ...]
    """The first hour and how many of each stretch, within the day."""
    says: str


@dataclass(frozen=True, kw_only=True)
class Through:
    """The week: its hours, its percentiles beside those of the peak, and when it is calm."""

    week: Week
    heat: Heat
    figures: tuple[tuple[str, Number | None, Number | None], ...]
    """Each figure over all requests of the week, and at the peak; None where it is left open."""
    calm: tuple[Calm, ...]


@dataclass(frozen=True, kw_only=True)
class NeedCell:
    """Servers that a tier needs at one headroom."""

    headroom: float
    need: Need | None
    """None where none suffice."""
    is_short: bool
    """Whether there are fewer."""


@dataclass(frozen=True, kw_only=True)
class NeedRow:
    """A tier's needs beside what it has."""

    tier: str
    hue: int
    has: int
    type_name: str
    cells: tuple[NeedCell, ...]
    is_whole: bool
    """Whether one server must do its work alone."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The table of servers needed."""

    headrooms: tuple[float, ...]
    rows: tuple[NeedRow, ...]
    refusals: tuple[tuple[str, str], ...]
    """Where no number of servers suffices: the headrooms in percent, and why."""


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """Everything of a plan beyond its peak."""

    outlook: Outlook
    line: TimeLine
    failures: tuple[FailureRow, ...]
    losses: tuple[LossRow, ...]
    through: Through | None
    needs: Needs


def beyond_of(design: Design, variation: Variation, found: Forecast, *, today: date) -> Beyond:
    """What lies beyond the peak of a design under a variation; `found` is its forecast.

    It costs a dozen forecasts. Raises TierwrightError as a forecast does.
    """
    outlook = outlook_varied(design, variation)
    changed = varied(design, variation)
    hues = hues_of(changed)
    return Beyond(
        outlook=outlook,
        line=time_line(outlook.limits, hues, today=today),
        failures=tuple(
            FailureRow(failure=item, hue=hues.get(item.tier, 8), at_worst_alive=_at_worst(found))
            for item in outlook.failures
        ),
        losses=_losses(outlook, hues),
        through=None if outlook.week is None else _through(outlook, outlook.week, found, hues),
        needs=_needs(design, variation, changed, hues),
    )


def _at_worst(found: Forecast) -> float:
    """Share of the peak that is too much at the end of the ranges that carries least."""
    return 0.0 if found.growth is None else max(0.0, 1 - found.growth.factor.low)


def _losses(outlook: Outlook, hues: Mapping[str, int]) -> tuple[LossRow, ...]:
    tiers = outlook.service.tiers if outlook.service else ()
    most = max((loss.minutes.value for loss in tiers), default=0.0) or 1.0
    return tuple(
        LossRow(
            tier=loss.tier,
            hue=hues.get(loss.tier, 8),
            minutes=loss.minutes,
            share=round(100 * loss.minutes.value / most, 1),
        )
        for loss in tiers
    )


def _through(outlook: Outlook, week: Week, found: Forecast, hues: Mapping[str, int]) -> Through:
    return Through(
        week=week,
        heat=heat_of([hour.busy.value for hour in week.hours]),
        figures=tuple(
            (words, week.latency_ms.get(name), found.latency_ms.get(name)) for name, words in FIGURES.items()
        ),
        calm=tuple(_calm(outlook, hues)),
    )


def _calm(outlook: Outlook, hues: Mapping[str, int]) -> Iterator[Calm]:
    for deploy in outlook.transients.deploys if outlook.transients else ():
        if deploy.safe_hours is not None:
            yield Calm(
                tier=deploy.tier,
                hue=hues.get(deploy.tier, 8),
                runs=runs_of(deploy.safe_hours),
                says=deploy.says,
            )


def runs_of(hours: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Hours of a day as stretches that do not pass midnight: the first hour, and how many."""
    known = set(hours)
    firsts = [hour for hour in sorted(known) if hour - 1 not in known]
    return tuple(
        (first, next(after for after in range(first, HOURS_A_DAY + 1) if after not in known) - first)
        for first in firsts
    )  # fmt: skip


def _needs(design: Design, variation: Variation, changed: Design, hues: Mapping[str, int]) -> Needs:
    found: dict[float, Mapping[str, Need]] = {}
    refusals: dict[str, list[str]] = {}
    for headroom in HEADROOMS:
        try:
            found[headroom] = {need.tier: need for need in needs_varied(design, variation, headroom=headroom)}
        except TierwrightError as error:
            refusals.setdefault(error.sentence, []).append(percent(headroom))
    rows = (_need_row(tier.name, len(server_names(tier)), hues, found) for tier in changed.tiers)
    said = tuple((listing(headrooms), why) for why, headrooms in refusals.items())
    return Needs(headrooms=HEADROOMS, rows=tuple(rows), refusals=said)


def _need_row(tier: str, has: int, hues: Mapping[str, int], found: Mapping[float, Mapping[str, Need]]) -> NeedRow:
    known = [needs[tier] for needs in found.values() if tier in needs]
    cells = ((headroom, found.get(headroom, {}).get(tier)) for headroom in HEADROOMS)
    is_whole = any(need.whole for need in known)
    counted = 1 if is_whole else has
    return NeedRow(
        tier=tier,
        hue=hues.get(tier, 8),
        has=has,
        type_name=known[0].type_name if known else "",
        cells=tuple(
            NeedCell(headroom=headroom, need=need, is_short=need is not None and need.servers > counted)
            for headroom, need in cells
        ),
        is_whole=is_whole,
    )
