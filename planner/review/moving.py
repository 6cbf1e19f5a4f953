"""How a verb is done: in one transaction, on the row as it is now, refused by its rule, and told to the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from planner import audit, plans
from planner.models import Event, Proposal
from planner.packed import stood_beside
from planner.review import Refused, Stale, policies, sealing
from planner.review.settling import newly_stale, settle
from planner.turns import in_turn
from topology import document, revisions
from topology.components import catalogue
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.fields import UNPRINTABLE
from topology.models import Plan, Revision

Rule = Callable[[User, Proposal], str | None]


class Move:
    """A verb under way: the row that is held, and what it was before."""

    def __init__(self, user: User, proposal: Proposal, verb: str) -> None:
        self.user = user
        self.proposal = proposal
        """The row as it is now; nobody else changes it before the verb is done."""
        self.verb = verb
        self.was = str(proposal.state)
        self.before = dict(proposal.summary)

    def head(self, digest: str | None = None) -> Revision:
        """The draft's newest revision; Stale where it is another than the one the person saw."""
        found = revisions.get(self.proposal.draft)
        if digest is not None and found.digest != digest:
            raise Stale(
                f"the proposal was changed while you looked at it: revision {found.number} is newer than what you saw;"
                " nothing was done, look at what changed and decide again"
            )
        return found

    def done(self, *rows: Model, data: Mapping[str, Any] | None = None, settled: bool = False) -> Event:
        """Settle the state, and write the one event with the digests of the rows that were made or changed."""
        if not settled:
            settle(self.proposal)
        said: dict[str, Any] = {**(data or {})}
        if self.proposal.state != self.was:
            said["state"] = [self.was, str(self.proposal.state)]
        if stale := newly_stale(self.proposal, self.before):
            said["stale"] = stale
        return audit.write(
            plans.team_of(self.proposal.plan),
            self.user,
            self.verb,
            plan=self.proposal.plan,
            proposal=self.proposal,
            data=said,
            rows=(self.proposal, *rows),
        )


@contextmanager
def moving(user: User, proposal: Proposal, verb: str, *, rule: Rule | None = None) -> Iterator[Move]:
    """One transaction around a verb, begun by its rule; the caller's proposal then says what the row says."""
    warm(proposal)
    with in_turn(), transaction.atomic():
        row = held(proposal)
        refuse((rule or (lambda who, what: policies.why_not(who, what, verb)))(user, row))
        yield Move(user, row, verb)
    reflect(proposal, row)


def warm(proposal: Proposal) -> None:
    """Work out before the transaction what it will ask for: it is kept, and nobody waits for it with a lock in hand."""
    with suppress(TierwrightError):
        target, head = (revisions.design_of(revisions.get(plan)) for plan in (proposal.plan, proposal.draft))
        base = revisions.design_of(proposal.base)
        for design in (target, base, head):
            warm_design(design, beside=base)


def warm_design(design: Design, *, beside: Design) -> None:
    """The same for a design that is about to be recorded; one that does not hold together is refused there."""
    if not document.check(design, catalogue()):
        with suppress(TierwrightError):
            sealing.sealed_of(design)
            stood_beside(beside, design)


def held(proposal: Proposal) -> Proposal:
    """The row as it is now, kept from others until the transaction ends."""
    rows = Proposal.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("plan", "draft", "base__plan", "author").get(pk=proposal.pk)


def held_plan(plan: Plan) -> Plan:
    """The same of a plan."""
    return Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)


def reflect(proposal: Proposal, row: Proposal) -> None:
    """Let the caller's object say what the row says now."""
    for field in Proposal._meta.concrete_fields:
        setattr(proposal, field.attname, getattr(row, field.attname))


def refuse(why_not: str | None) -> None:
    """Raise the sentence of a rule, where there is one."""
    if why_not:
        raise Refused(why_not)


def checked(row: Model, *names: str) -> None:
    """Refuse values that the fields do not take, with the field's own sentence."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - set(names))
    except ValidationError as error:
        name, [sentence, *_] = next(iter(error.message_dict.items()))
        raise TierwrightError(sentence, place=Place(path=name)) from error


def required(text: str, *, path: str, most: int, says: str) -> str:
    """A text that a verb cannot do without, trimmed; refused where it is empty, too long or not to be read."""
    trimmed = readable(text, path=path)
    if not trimmed:
        raise TierwrightError(says, place=Place(path=path))
    if len(trimmed) > most:
        raise TierwrightError(f"this is longer than {most:,} characters", place=Place(path=path))
    return trimmed


def readable(text: str, *, path: str) -> str:
    """What goes with a verb, trimmed: it stands in the audit for good, so it shows all that it says."""
    trimmed = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if UNPRINTABLE.search(trimmed):
        raise TierwrightError("remove control characters and text-direction marks", place=Place(path=path))
    return trimmed


def listed(rows: Iterable[Model]) -> list[Any]:
    """The ids of rows."""
    return [row.pk for row in rows]
