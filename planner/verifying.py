"""Proves that the history is as it was written: every team's chain, its revisions, the rows that events vouch for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Model

from planner.audit import FIRST, SAID, digest_of, hash_of, kind_of
from planner.models import Event, Holding, Proposal, Team
from planner.people import LOCAL_TEAM
from topology import revisions
from topology.models import Revision
from topology.rows import WRONG_VALUE, Unreadable, as_written, read_rows

Key = tuple[str, int]
"""Kind and id of a row."""
NOBODY = "(no team)"
PROPOSAL_OF: Mapping[str, str] = {
    "proposal": "pk", "approval": "proposal", "checkwaiver": "proposal", "evidence": "proposal",
    "thread": "proposal", "comment": "thread__proposal", "commentversion": "comment__thread__proposal",
    "suggestion": "comment__thread__proposal",
}  # fmt: skip
"""How a row finds its proposal, by its kind; a revision is told of by its plan."""


@dataclass(frozen=True, kw_only=True)
class Break:
    """A place that is not as it was written."""

    place: str
    says: str


@dataclass(kw_only=True)
class TeamHistory:
    """The history of one team, and what is wrong with it."""

    team: str
    events: int = 0
    revisions: int = 0
    head: str = FIRST
    """Hash of the newest event."""
    breaks: list[Break] = field(default_factory=list)

    @property
    def says(self) -> str:
        """One line for people."""
        whole = "whole" if not self.breaks else f"{len(self.breaks)} {'break' if len(self.breaks) == 1 else 'breaks'}"
        return f"{self.team}: {self.events:,} events, {self.revisions:,} revisions: {whole}"


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """What the last event that names a row says of it."""

    digest: str
    event: int
    team: str


def verify() -> tuple[TeamHistory, ...]:
    """The history of every team, in the order of their names; nothing is changed."""
    verifying = _Verifying()
    verifying.events()
    verifying.revisions()
    for model in SAID:
        verifying.rows(model)
    return tuple(verifying.found[team] for team in sorted(verifying.found) if not verifying.is_empty(team))


def find_head(wanted: str) -> Event | None:
    """The event with that hash, such as a bundle's manifest names."""
    return Event.objects.select_related("team").filter(hash=wanted).first()


class _Verifying:
    """One pass over everything; each table is read once."""

    def __init__(self) -> None:
        self.teams: dict[int, str] = dict(Team.objects.values_list("pk", "slug"))
        self.found = {slug: TeamHistory(team=slug) for slug in (*self.teams.values(), NOBODY)}
        self.named: dict[Key, Vouched] = {}

    def is_empty(self, team: str) -> bool:
        """Whether there is nothing to say of it; plans of no team are rare."""
        history = self.found[team]
        return team == NOBODY and not (history.events or history.revisions or history.breaks)

    def events(self) -> None:
        """The chain of every team: numbers without a gap, each with the hash of the one before and its own."""
        team, last = 0, Event(number=0, hash=FIRST)
        for row in read_rows(Event.objects.order_by("team_id", "number", "pk")):
            if isinstance(row, Unreadable):
                self._break(self._name(team), f"event row {row.pk}", row.says)
                continue
            if row.team_id != team:
                team, last = row.team_id, Event(number=0, hash=FIRST)
            for says in _wrong(row, last):
                self._break(self._name(team), f"event {row.number}", says)
            self._count(row)
            last = row

    def revisions(self) -> None:
        """The revisions of every plan: numbers, parents, documents, seals."""
        team_of = _teams_of_plans()
        for plan in Revision.objects.order_by("pk").values_list("plan_id", flat=True).iterator():
            self.found[self._name(team_of.get(plan))].revisions += 1
        for damage in revisions.damage():
            self._break(self._name(team_of.get(damage.plan)), damage.place, damage.says)

    def rows(self, model: type[Model]) -> None:
        """Rows that events vouch for: each says what the last event says of it, and none is there without one."""
        kind, seen = kind_of(model), set[int]()
        for row in read_rows(model._default_manager.order_by("pk")):
            seen.add(row.pk)
            for says in self._wrong_row(kind, row):
                self._break(self._team_of(kind, row.pk), f"{kind} {row.pk}", says)
        for (named, pk), vouched in self.named.items():
            if named == kind and pk not in seen:
                says = f"is gone; event {vouched.event} names it"
                self._break(vouched.team, f"{kind} {pk}", says)

    def _wrong_row(self, kind: str, row: Model | Unreadable) -> Iterator[str]:
        vouched = self.named.get((kind, row.pk))
        if isinstance(row, Unreadable):
            yield row.says
        elif vouched is None:
            if kind != "revision":  # plans may be older than the audit
                yield "is named by no event"
        elif _digest(row) != vouched.digest:
            yield f"does not say what event {vouched.event} says of it"
        elif not as_written(row):
            yield "is written in another form than we write"

    def _count(self, row: Event) -> None:
        history = self.found[self._name(row.team_id)]
        history.events += 1
        history.head = row.hash
        for key, digest in _named(row.data):
            self.named[key] = Vouched(digest=digest, event=row.number, team=history.team)

    def _team_of(self, kind: str, pk: int) -> str:
        """The team of a row: that whose event names it, else by its plan; asked only where something is wrong."""
        vouched = self.named.get((kind, pk))
        return vouched.team if vouched else self._name(_team_by_plan(kind, pk))

    def _name(self, team: int | None) -> str:
        """What is of no team is of the local one, where there are no accounts."""
        nobody = LOCAL_TEAM if not settings.ACCOUNTS and LOCAL_TEAM in self.found else NOBODY
        return self.teams.get(team or 0, nobody)

    def _break(self, team: str, place: str, says: str) -> None:
        self.found[team].breaks.append(Break(place=place, says=says))


def _wrong(row: Event, before: Event) -> Iterator[str]:
    if row.number != _after(before.number):
        yield f"comes after event {before.number}"
    if row.previous != before.hash:
        yield "does not hold the hash of the event before it"
    if _hash(row) != row.hash:
        yield "does not match its own hash"
    elif not as_written(row):
        yield "is written in another form than we write"


def _after(number: Any) -> int:
    """The next number; where somebody put text in its place, none that there is."""
    return number + 1 if isinstance(number, int) else 0


def _hash(row: Event) -> str:
    try:
        return hash_of(row)
    except WRONG_VALUE:
        return ""


def _digest(row: Model) -> str:
    try:
        return digest_of(row)
    except WRONG_VALUE:
        return ""


def _named(data: Any) -> Iterator[tuple[Key, str]]:
    """The rows that an event names; an event that was changed may hold anything."""
    rows = data.get("rows") if isinstance(data, dict) else None
    for item in rows if isinstance(rows, list) else ():
        if isinstance(item, dict) and isinstance(item.get("id"), int):
            yield (str(item.get("kind")), item["id"]), str(item.get("digest"))


def _team_by_plan(kind: str, pk: int) -> int | None:
    model = next(model for model in SAID if kind_of(model) == kind)
    if model is Revision:
        return _teams_of_plans().get(Revision.objects.filter(pk=pk).values_list("plan_id", flat=True).first() or 0)
    rows = model._default_manager.filter(pk=pk).values_list(PROPOSAL_OF[kind], flat=True)
    return Holding.objects.filter(plan__proposals=rows.first() or 0).values_list("team_id", flat=True).first()


def _teams_of_plans() -> dict[int, int]:
    """Plan -> team; a draft is of the team of its target."""
    found = dict(Holding.objects.values_list("plan_id", "team_id"))
    drafts = Proposal.objects.values_list("draft_id", "plan_id")
    found |= {draft: found[plan] for draft, plan in drafts if plan in found}
    return found
