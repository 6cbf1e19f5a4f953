"""The decision paper of a proposal: what one person who pays needs to know, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner import plans
from planner.covers import weighed
from planner.models import Approval, Proposal, Team
from planner.review.standing import Standing, standing
from planner.sketches import Row, sketch_of
from topology import revisions
from topology.checks import Finding
from topology.models import Revision
from topology.weighing import Key, MetricRow, Weighing

FIGURES: tuple[Key, ...] = ("capacity", "p95", "availability", "headroom", "without_one")
"""Five figures: how much, how fast, how surely, for how long, and with one server dead."""
MOST_RISKS = 6
MOST_WEAKEST = 4
MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Money:
    """What it costs for a month or a year; None where that is not known."""

    title: str
    before: float | None
    after: float | None
    step: float | None
    """None also where the two are in different currencies."""


@dataclass(frozen=True, kw_only=True)
class Yes:
    """A person's yes and the areas that it counts for, or no longer counts for and why."""

    approval: Approval
    areas: tuple[str, ...]
    why_stale: str = ""


@dataclass(frozen=True, kw_only=True)
class DecisionPaper:
    """Everything on the page."""

    proposal: Proposal
    team: Team
    head: Revision
    standing: Standing
    today: date
    before: tuple[Row, ...]
    after: tuple[Row, ...]
    weighing: Weighing | None
    trouble: str
    """Why there are no figures."""
    money: tuple[Money, ...]
    currency: str

    @property
    def figures(self) -> tuple[MetricRow, ...]:
        """The five rows."""
        return tuple(self.weighing.row(key) for key in FIGURES) if self.weighing else ()

    @property
    def cost(self) -> MetricRow | None:
        """The row that says where the prices are from, or why there are none."""
        return self.weighing.row("cost") if self.weighing else None

    @property
    def decide_by(self) -> date | None:
        """The earlier of the author's day and the forecast's."""
        days = [day for day in (self.proposal.decide_by, self.weighing.decide_by if self.weighing else None) if day]
        return min(days, default=None)

    @property
    def risks(self) -> tuple[Finding, ...]:
        """Those that the page has room for."""
        return self.weighing.risks_open[:MOST_RISKS] if self.weighing else ()

    @property
    def more_risks(self) -> int:
        """Those that it has none for."""
        return max(0, len(self.weighing.risks_open) - MOST_RISKS) if self.weighing else 0

    @property
    def weakest(self) -> tuple[str, ...]:
        """The weakest of what the figures rest on."""
        if self.weighing is None or not self.weighing.weakest:
            return ()
        *inputs, always = self.weighing.weakest
        return (*inputs[:MOST_WEAKEST], always)

    @property
    def given(self) -> tuple[Yes, ...]:
        """Who said yes to what, as it counts now."""
        found: dict[int, list[str]] = {}
        approvals = {item.pk: item for area in self.standing.areas for item in area.good}
        for area in self.standing.areas:
            for approval in area.good:
                found.setdefault(approval.pk, []).append(area.title)
        return tuple(Yes(approval=approvals[pk], areas=tuple(titles)) for pk, titles in sorted(found.items()))

    @property
    def overtaken(self) -> tuple[Yes, ...]:
        """Yeses that no longer count, each with the reason."""
        return tuple(
            Yes(approval=approval, areas=(area.title,), why_stale=why)
            for area in self.standing.areas
            for approval, why in area.stale
        )


def decision_paper(proposal: Proposal, *, today: date) -> DecisionPaper:
    """The page of a proposal as it stands today."""
    head, _ = plans.heads_of(proposal.draft, proposal.plan)
    weighing, trouble = weighed(proposal, head)
    return DecisionPaper(
        proposal=proposal,
        team=plans.team_of(proposal.plan),
        head=head,
        standing=standing(proposal, today=today),
        today=today,
        before=sketch_of(revisions.design_of(proposal.base)),
        after=sketch_of(revisions.design_of(head)),
        weighing=weighing,
        trouble=trouble or (weighing.trouble if weighing else ""),
        money=tuple(_money(weighing.row("cost"))) if weighing else (),
        currency=weighing.currency if weighing else "",
    )


def table_of(paper: DecisionPaper) -> tuple[list[str], list[list[Any]]]:
    """Head and rows of every figure, for a file."""
    rows = paper.weighing.rows if paper.weighing else ()
    return ["figure", "unit", "before", "after", "better"], [_line(row) for row in rows]


def _line(row: MetricRow) -> list[Any]:
    return [row.title, row.unit, row.was, row.now, row.better]


def _money(row: MetricRow) -> Iterator[Money]:
    before, after = (amount if isinstance(amount, int | float) else None for amount in (row.before, row.after))
    comparable = before is not None and after is not None and (row.is_same or row.better is not None)
    for title, months in (("A month", 1), ("A year", MONTHS_A_YEAR)):
        step = (after - before) * months if comparable and before is not None and after is not None else None
        yield Money(
            title=title,
            before=None if before is None else before * months,
            after=None if after is None else after * months,
            step=step,
        )
