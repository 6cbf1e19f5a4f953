"""The tables of a proposal's pages as rows of a file: figures, approvals, changes, servers, checks, history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from planner import tables
from planner.contrasts import ChangeGroup, HostRow
from planner.models import Approval, Proposal
from planner.review.approvals import AreaStanding
from planner.review.standing import CheckRow
from topology.capacity import Number
from topology.errors import Place, TierwrightError
from topology.weighing import Weighing
from topology.weighing.metrics import Amount

FIGURES = (
    "key",
    "figure",
    "unit",
    *(f"{when}{end}" for when in ("now", "with_this") for end in ("", "_low", "_high", "_says")),
    "better",
)
APPROVALS = ("area", "asked", "approved", "who", "revision", "at", "counts", "says")
CHANGES = ("tier", "what", "subject", "name", "servers", "before", "after", "says")
SERVERS = ("server", "number", "tier", "what", "type", "address", "roles", "cpu_at_the_peak")
CHECKS = ("check", "title", "outcome", "says", "evidence", "taken_on_by", "taken_on_at", "reason")


def overview(
    request: HttpRequest, proposal: Proposal, weighing: Weighing | None, areas: Iterable[AreaStanding]
) -> HttpResponse | None:
    """One of the two tables of the overview, as `?table=` names it: the figures, or the approvals."""
    wanted = request.GET.get("table", "figures")
    if wanted == "figures":
        return tables.answer(request, f"{proposal.draft.slug}-figures", FIGURES, _figures(weighing))
    if wanted == "approvals":
        return tables.answer(request, f"{proposal.draft.slug}-approvals", APPROVALS, _approvals(areas))
    raise TierwrightError("the overview has the tables figures and approvals", place=Place(path="table"))


def changes(request: HttpRequest, proposal: Proposal, groups: Iterable[ChangeGroup]) -> HttpResponse | None:
    """Every change, a row each."""
    return tables.answer(request, f"{proposal.draft.slug}-changes", CHANGES, _changes(groups))


def servers(request: HttpRequest, proposal: Proposal, rows: Iterable[HostRow]) -> HttpResponse | None:
    """Every server of the picture, or run of equal ones."""
    return tables.answer(request, f"{proposal.draft.slug}-servers", SERVERS, _servers(rows))


def checks(request: HttpRequest, proposal: Proposal, rows: Iterable[CheckRow]) -> HttpResponse | None:
    """Every check, with whoever has taken it on."""
    return tables.answer(request, f"{proposal.draft.slug}-checks", CHECKS, map(_check, rows))


def _figures(weighing: Weighing | None) -> Iterator[Sequence[Any]]:
    for row in weighing.rows if weighing else ():
        before, after = (*_ends(row.before), row.was), (*_ends(row.after), row.now)
        yield row.key, row.title, row.unit, *before, *after, row.better


def _ends(amount: Amount | None) -> tuple[Any, Any, Any]:
    """What is expected, at least, at most."""
    return (amount.value, amount.low, amount.high) if isinstance(amount, Number) else (amount, None, None)


def _approvals(areas: Iterable[AreaStanding]) -> Iterator[Sequence[Any]]:
    for area in areas:
        asked = "; ".join(who if number == 1 else f"{number} of: {who}" for who, number in area.asked)
        head = area.name, asked, area.met
        for approval in area.good:
            yield *head, *_given(approval), True, approval.note
        for approval, why in area.stale:
            yield *head, *_given(approval), False, why
        if not area.good and not area.stale:
            yield *head, None, None, None, None, ""


def _given(approval: Approval) -> tuple[Any, ...]:
    return approval.user.username, approval.revision.number, approval.created_at


def _changes(groups: Iterable[ChangeGroup]) -> Iterator[Sequence[Any]]:
    for group in groups:
        tier = group.anchor.removeprefix("tier:")
        for row in group.rows:
            it = row.change
            yield tier, it.what, it.subject, it.name, " ".join(it.hosts), it.before, it.after, it.says


def _servers(rows: Iterable[HostRow]) -> Iterator[Sequence[Any]]:
    for row in rows:
        box = row.box
        roles = " ".join(role.removeprefix("+ ") for role in box.roles)
        yield box.name, box.count, row.group.name, box.state, box.facts, box.address, roles, box.cpu


def _check(row: CheckRow) -> Sequence[Any]:
    waiver = row.waiver
    taken = (waiver.user.username, waiver.created_at, waiver.reason) if waiver else (None, None, "")
    return row.name, row.title, row.outcome, row.says, row.evidence, *taken
