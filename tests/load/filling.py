"""Fills a database in bulk with what teams have after a year; the site's own functions make every seal and hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model
from django.utils import timezone

from planner.audit import FIRST, digest_of, hash_of, kind_of, plain
from planner.models import (
    Approval,
    Comment,
    Event,
    Holding,
    Membership,
    Notice,
    Proposal,
    Role,
    State,
    Team,
    Thread,
)
from planner.review import sealing
from planner.review.settling import note
from topology.models import Plan, Revision
from topology.revisions import seal_of

Row = TypeVar("Row", bound=Model)
YEAR = timedelta(days=365)
ROLES = (
    Role.OWNER, Role.APPROVER, Role.EDITOR, Role.EDITOR, Role.COMMENTER, Role.APPROVER, Role.EDITOR, Role.VIEWER,
)  # fmt: skip
"""Of the people of a team, again from the first where there are more."""
NEWEST = (
    State.IN_REVIEW, State.IN_REVIEW, State.CHANGES_REQUESTED, State.DRAFT, State.APPROVED, State.WITHDRAWN,
    State.SUPERSEDED,
)  # fmt: skip
"""States of the newest proposals of a plan, the newest first; those before them were accepted."""
PLACES = (
    "", "tier:web", "setting:web/gunicorn.workers", "metric:p95", "check:budget", "tier:database",
    "file:web1/etc/nginx/nginx.conf#3", "server:db1",
)  # fmt: skip
PER_THREAD = 3
"""Comments of one thread, about."""
SETTLED = 3
"""Of four threads so many are settled."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is in all; every team has as much as another."""

    teams: int
    people: int
    """Of one team."""
    plans: int
    proposals: int
    revisions: int
    comments: int
    events: int
    notices: int = 40
    """Of one person."""


FULL = Size(teams=10, people=12, plans=200, proposals=2_000, revisions=20_000, comments=50_000, events=100_000)
SMALL = Size(teams=2, people=6, plans=4, proposals=12, revisions=60, comments=72, events=240, notices=5)


@dataclass(kw_only=True)
class _Rows:
    """Rows that are not written yet, and the numbers that they get."""

    first: dict[type[Model], Iterator[int]] = field(default_factory=dict)
    waiting: dict[type[Model], list[Model]] = field(default_factory=dict)

    def new(self, model: type[Row], **values: Any) -> Row:
        """A row with its number, to be written with the next lot."""
        if model not in self.first:
            newest = model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0
            self.first[model] = count(newest + 1)
        row = model(pk=next(self.first[model]), **values)
        self.waiting.setdefault(model, []).append(row)
        return row

    def write(self) -> None:
        """Into the database, in the order in which the kinds were first used."""
        for model, rows in self.waiting.items():
            model._default_manager.bulk_create(rows, batch_size=1000)
            rows.clear()

    def reset_numbers(self) -> None:
        """Let the database go on after the numbers that were given here."""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self.first)):
                cursor.execute(statement)


@dataclass(kw_only=True)
class _Chain:
    """The audit of one team, event by event."""

    team: Team
    rows: _Rows
    at: datetime
    step: timedelta
    number: int = 0
    last: str = FIRST

    def say(self, user: User, verb: str, plan: Plan, proposal: Proposal | None, rows: Sequence[Model] = ()) -> Event:
        """Add an event that vouches for the rows."""
        self.number += 1
        self.at += self.step
        named = [{"kind": kind_of(type(row)), "id": row.pk, "digest": digest_of(row)} for row in rows]
        event = self.rows.new(
            Event, team=self.team, number=self.number, at=self.at, actor=user.username, user=user, verb=verb,
            plan=plan.slug, proposal=proposal.pk if proposal else None, data=plain({"rows": named}),
            previous=self.last,
        )  # fmt: skip
        event.hash = self.last = hash_of(event)
        return event


def fill(size: Size) -> None:
    """Fill the database; the people of team 3 are `t3-p0`, `t3-p1` and so on."""
    rows = _Rows()
    for number in range(size.teams):
        with transaction.atomic():
            _Filling(size, number, rows).fill()
            rows.write()
            rows.reset_numbers()
    _summarize()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class _Filling:
    """One team."""

    def __init__(self, size: Size, number: int, rows: _Rows) -> None:
        self.size, self.number, self.rows = size, number, rows
        self.now = timezone.now()
        self.plans = size.plans // size.teams
        self.proposals = size.proposals // size.plans
        steps = (size.revisions // size.plans - 1) // (self.proposals + 1)
        self.steps = max(2, steps)
        """Revisions of one draft."""
        self.said = size.comments // size.proposals

    def fill(self) -> None:
        """Its people, plans and proposals, and the chain of all that was done."""
        handles = [f"t{self.number}-p{person}" for person in range(self.size.people)]
        people = [User(username=name, first_name=name.upper(), email=f"{name}@example.com") for name in handles]
        self.people = User.objects.bulk_create(people)
        self.team = Team.objects.create(slug=f"team-{self.number}", name=f"Team {self.number}")
        Membership.objects.bulk_create(
            Membership(team=self.team, user=user, role=ROLES[place % len(ROLES)])
            for place, user in enumerate(self.people)
        )
        self.editors, self.approvers = self._able(Role.EDITOR), self._able(Role.APPROVER)
        share = self.size.events // self.size.teams
        self.chain = _Chain(team=self.team, rows=self.rows, at=self.now - YEAR, step=YEAR / (share + 1))
        for number in range(self.plans):
            self._plan(number)
        self._pad(share)
        self._tell()

    def _able(self, least: Role) -> list[User]:
        return [user for place, user in enumerate(self.people) if ROLES[place % len(ROLES)].reaches(least)]

    def _plan(self, number: int) -> None:
        slug = f"site-{self.number}-{number}"
        accepted = max(0, self.proposals - len(NEWEST))
        plain_saves = self.size.revisions // self.size.plans - self.proposals * self.steps - 1 - accepted
        plan = self.rows.new(Plan, slug=slug, name=f"Site {self.number}.{number}")
        self.rows.new(Holding, plan=plan, team=self.team)
        head = self._revision(plan, None, text=document_of(slug, web=2, notes="The first"), user=self.editors[0])
        for step in range(max(0, plain_saves)):
            user = self.editors[step % len(self.editors)]
            head = self._revision(plan, head, text=document_of(slug, web=2, notes=f"Save {step}"), user=user)
            self.chain.say(user, "edit", plan, None, [head])
        for place in range(1, self.proposals + 1):
            head = self._proposal(plan, head, place)

    def _proposal(self, plan: Plan, base: Revision, number: int) -> Revision:
        """A proposal with all that was said and done; the plan's newest revision afterwards."""
        back = self.proposals - number
        state = NEWEST[back] if back < len(NEWEST) else State.ACCEPTED
        author = self.editors[(number + plan.pk) % len(self.editors)]
        draft = self.rows.new(Plan, slug=f"{plan.slug}-p{number}", name=f"Draft {number} of {plan.name}")
        heads = self._draft(plan, draft, base, number, author)
        proposal = self.rows.new(
            Proposal, plan=plan, draft=draft, base=base, number=number, title=f"Another web server, take {number}",
            why="So that **Monday morning** is quiet.", author=author, state=state, created_at=self.chain.at,
            updated_at=self.chain.at,
        )  # fmt: skip
        head = heads[-1]
        after = base
        if state == State.ACCEPTED:
            after = proposal.accepted = self._revision(plan, base, text=head.document, user=author)
        self.chain.say(author, "propose", plan, proposal, [proposal, base, heads[0]])
        for revision in heads[1:]:
            self.chain.say(author, "edit", plan, proposal, [revision, proposal])
        if state != State.DRAFT:
            self.chain.say(author, "open_review", plan, proposal, [proposal])
        self._talk(proposal, head)
        if state in (State.APPROVED, State.ACCEPTED):
            self._approve(proposal, base, head, author)
        if after is not base:
            self.chain.say(author, "accept", plan, proposal, [proposal, after])
        return after

    def _draft(self, plan: Plan, draft: Plan, base: Revision, number: int, author: User) -> list[Revision]:
        heads = [self._revision(draft, None, text=base.document, user=author)]
        web = json.loads(base.document)["tiers"][1]["servers"]["count"] % 6 + 1
        for step in range(1, self.steps):
            text = document_of(plan.slug, web=web, notes=f"Proposal {number}, step {step}")
            heads.append(self._revision(draft, heads[-1], text=text, user=author))
        return heads

    def _talk(self, proposal: Proposal, head: Revision) -> None:
        people, begun = self.people, max(1, self.said // PER_THREAD)
        for number in range(begun):
            thread = self.rows.new(
                Thread, proposal=proposal, anchor=PLACES[number % len(PLACES)], revision=head, created_at=self.chain.at,
                quote="", blocking=number == begun - 1 and proposal.state == State.CHANGES_REQUESTED,
            )  # fmt: skip
            if number % 4 < SETTLED:
                thread.resolved_at, thread.resolved_by = self.chain.at, proposal.author
            for place in range(number, self.said, begun):
                user = people[(place + proposal.pk) % len(people)]
                text = f"Take {place} on this: is *{place} %* of headroom enough, or do we need `{place}` more?"
                comment = self.rows.new(Comment, thread=thread, author=user, text=text, created_at=self.chain.at)
                verb, told = ("start_thread", [thread, comment]) if place == number else ("reply", [comment])
                self.chain.say(user, verb, proposal.plan, proposal, told)
            if thread.resolved_at:
                self.chain.say(proposal.author, "resolve", proposal.plan, proposal, [thread])

    def _approve(self, proposal: Proposal, base: Revision, head: Revision, author: User) -> None:
        before, after = sealing.sealed(base), sealing.sealed(head)
        user = next(user for user in self.approvers if user != author)
        approval = self.rows.new(
            Approval, proposal=proposal, user=user, revision=head, content_digest=after.content_digest,
            seals={area: after.seal(area).as_data() for area in sealing.changed(before, after)},
            created_at=self.chain.at,
        )  # fmt: skip
        self.chain.say(user, "approve", proposal.plan, proposal, [approval, proposal])

    def _revision(self, plan: Plan, parent: Revision | None, *, text: str, user: User) -> Revision:
        plan.head += 1
        revision = self.rows.new(
            Revision, plan=plan, number=plan.head, parent=parent, document=text, author=user.username,
            digest=hashlib.sha256(text.encode()).hexdigest(), message=f"Revision {plan.head}", created_at=self.chain.at,
            servers=json.loads(text)["tiers"][1]["servers"]["count"] + 3,
        )  # fmt: skip
        revision.seal = seal_of(revision, parent.seal if parent else "")
        return revision

    def _pad(self, share: int) -> None:
        """Words were mended again and again, until there are as many events as asked for."""
        proposals = [row for row in self.rows.waiting[Proposal] if isinstance(row, Proposal)]
        for number in range(max(0, share - self.chain.number)):
            proposal = proposals[number % len(proposals)]
            self.chain.say(proposal.author, "edit_words", proposal.plan, proposal, [proposal])

    def _tell(self) -> None:
        events = [row for row in self.rows.waiting[Event] if isinstance(row, Event) and row.proposal]
        for place, user in enumerate(self.people):
            for event in events[place :: max(1, len(events) // max(1, self.size.notices))][: self.size.notices]:
                seen = event.at if event.pk % 3 else None
                self.rows.new(
                    Notice, user=user, event=event, proposal_id=event.proposal, reason="author", created_at=event.at,
                    seen_at=seen, mailed_at=event.at,
                )  # fmt: skip


def document_of(name: str, *, web: int, notes: str) -> str:
    """The canonical JSON of a design of three tiers."""
    said = {
        "tierwright": 1,
        "name": name,
        "sites": [
            {
                "name": "paper",
                "domains": ["www.example.com"],
                "app": {"wsgi": "paper.wsgi", "settings": "paper.settings", "directory": "/srv/paper"},
            }
        ],
        "workload": {"peak_requests_per_second": 350, "classes": {"page": {"share": 0.1}, "media": {"share": 0.9}}},
        "promise": {"p95_ms": 500, "availability": 0.99, "headroom": 0.3},
        "tiers": [
            {"name": "balancer", "servers": {"count": 2, "type": "small"}, "roles": ["haproxy", "keepalived"]},
            {
                "name": "web",
                "servers": {"count": web, "type": "medium"},
                "roles": ["nginx", {"gunicorn": {"workers": 9}}],
            },
            {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql", "memcached"]},
        ],
        "notes": notes,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _summarize() -> None:
    """What lists show of the open proposals, worked out once for each kind of change: they differ in words only."""
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    opened = Proposal.objects.filter(state__in=[state for state in State if state.is_open], summary={})
    mended = []
    for row in opened.select_related("base", "draft"):
        kind = (row.state, row.base.servers, row.draft.head, row.number)
        if kind not in known:
            note(row)
            known[kind] = Proposal.objects.get(pk=row.pk).summary
        row.summary = {**known[kind], "stale": []}
        mended.append(row)
    Proposal.objects.bulk_update(mended, ["summary"], batch_size=500)
