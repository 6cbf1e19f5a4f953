"""What a change means, in numbers: two designs held against each other, in rows, in one sentence and in dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from topology.capacity import LimitDate, Number, date_after
from topology.checks import Finding
from topology.design import Design
from topology.weighing.metrics import METRICS, Key, Metric, MetricRow, Reading, reading_of, rows_of
from topology.weighing.provenance import weakest_of
from topology.weighing.sentence import TierCount, sentence_of, servers_of
from topology.weighing.standing import Standing, beside, stand
from topology.weighing.words import nines, ranged
from topology.workload import Workload

__all__ = [
    "FAR_MONTHS", "METRICS", "Key", "Metric", "MetricRow", "Reading", "Standing", "TierCount", "Weighing", "beside",
    "nines",
    "ranged", "reading_of", "rows_of", "stand", "to_document", "weigh", "weigh_standing",
]  # fmt: skip

FAR_MONTHS = 600
"""What stands for fifty years or later: no date is worth naming then."""
LEAD_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """Two designs held against each other."""

    rows: tuple[MetricRow, ...]
    sentence: str
    """What changes in one line: `+2 web: 240 to 620 requests/s, +84 EUR a month; 1 risk open`."""
    servers: tuple[TierCount, ...]
    """Every tier with its servers before and after."""
    risks_open: tuple[Finding, ...]
    """Errors and warnings of the new design that nobody has taken on."""
    guessed_share: tuple[float | None, float | None]
    """Share of the answer that rests on guesses, before and after."""
    weakest: tuple[str, ...]
    """What the new design's figures rest on, the weakest provenance first, each with its place in the plan file."""
    if_nothing: str | None
    """What happens to the design that stands if nothing is done; None where nothing stands or nothing is in sight."""
    limit_on: date | None
    """When the design that stands meets its first limit or promise, as expected."""
    limit_between: tuple[date, date] | None
    """The earliest and the latest day of the same."""
    decide_by: date | None
    """The last day on which a decision still leaves the lead time; today where that has passed."""
    lasts_until: date | None
    """When the new design in its turn meets its first; None where that is not in sight."""
    currency: str
    trouble: str = ""
    """Why the new design has no figures."""

    def row(self, key: Key) -> MetricRow:
        """One row; KeyError when there is none of that key."""
        return {row.key: row for row in self.rows}[key]


def weigh(
    before: Design | None,
    after: Design,
    *,
    today: date,
    lead_days: int = LEAD_DAYS,
    workload: Workload | None = None,
) -> Weighing:
    """What changes from one design to the other; `before` is None where nothing stands yet.

    Each is asked its own workload, or both that which is handed in. A design without one has no figures, and says so.
    """
    old = None if before is None else stand(before, workload)
    return weigh_standing(old, stand(after, workload), today=today, lead_days=lead_days)


def weigh_standing(before: Standing | None, after: Standing, *, today: date, lead_days: int = LEAD_DAYS) -> Weighing:
    """The same for designs whose forecasts are there already."""
    after = after if before is None else beside(before, after)
    rows, servers = rows_of(before, after), servers_of(before.design if before else None, after.design)
    limit_on = _day(before, today)
    return Weighing(
        rows=rows,
        sentence=sentence_of(before, after, rows, servers),
        servers=servers,
        risks_open=after.risks,
        guessed_share=(_guessed(before), _guessed(after)),
        weakest=weakest_of(after),
        if_nothing=(before.outlook.if_nothing or None) if before and before.outlook else None,
        limit_on=limit_on,
        limit_between=_between(before.next_limit if before else None, today),
        decide_by=None if limit_on is None else max(today, limit_on - timedelta(days=lead_days)),
        lasts_until=_day(after, today),
        currency=after.forecast.cost_month.currency if after.forecast else after.design.currency,
        trouble=after.trouble,
    )


def to_document(weighing: Weighing) -> dict[str, Any]:
    """Plain data, ready for JSON."""
    return {
        "sentence": weighing.sentence,
        "currency": weighing.currency,
        "metrics": [_row(row) for row in weighing.rows],
        "servers": [{"tier": tier, "before": was, "after": now} for tier, was, now in weighing.servers],
        "risks_open": [finding.document() for finding in weighing.risks_open],
        "guessed_share": {"before": weighing.guessed_share[0], "after": weighing.guessed_share[1]},
        "weakest": list(weighing.weakest),
        "if_nothing": weighing.if_nothing,
        "limit_on": _iso(weighing.limit_on),
        "decide_by": _iso(weighing.decide_by),
        "lasts_until": _iso(weighing.lasts_until),
    }


def _row(row: MetricRow) -> Mapping[str, Any]:
    return {
        "key": row.key,
        "title": row.title,
        "unit": row.unit,
        "before": _plain(row.before),
        "after": _plain(row.after),
        "better": row.better,
        "says": row.says,
    }


def _plain(amount: Number | float | None) -> Any:
    return amount.document() if isinstance(amount, Number) else amount


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _guessed(standing: Standing | None) -> float | None:
    return standing.forecast.guessed_share if standing and standing.forecast else None


def _day(standing: Standing | None, today: date) -> date | None:
    """The expected day of the next limit."""
    limit = standing.next_limit if standing else None
    if limit is None or limit.months is None or limit.months.value >= FAR_MONTHS:
        return None
    return date_after(limit.months.value, today)


def _between(limit: LimitDate | None, today: date) -> tuple[date, date] | None:
    if limit is None or limit.months is None:
        return None
    return date_after(limit.months.low, today), date_after(limit.months.high, today)
