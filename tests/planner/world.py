"""A team with one of everything and somebody of every kind: what the tests of authorisation look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from planner import inviting, outside, processes, ruling, sharing, tokens, webhooks
from planner.models import ROLES, Inquiry, Membership, Reading, Role, ShareLink, State, Team
from planner.pages import cheapest
from planner.review import actions, discussion
from planner.review.standing import standing
from tests.builders import newspaper
from tests.cast import TODAY, Cast, approved_by, cast, head_of, person, proposed
from topology import revisions
from topology.merging import edits_between

PASSED = {200, 201, 204, 302, 409, 412, 422}
"""Past the door: what was sent may still be refused for what it is."""
SECRET = "zanzibar"
"""Stands in every name of the team's, and in no answer to somebody outside."""
ACTORS = ("anonymous", "outsider", "viewer", "commenter", "editor", "approver", "owner", "author")
"""The author of the proposal, and of what is said of it, is a commenter by now: what is theirs is theirs still."""
SCOPES = ("read", "comment", "write", "approve")
TIERS = [
    {"name": "balancer", "servers": {"count": 1, "type": "small"}, "roles": ["haproxy"]},
    {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql", "memcached"]},
]
WORKLOAD = {
    "peak_requests_per_second": 40,
    "classes": {"page": {"share": 0.5, "app_cpu_ms": 20, "database_cpu_ms": 5}, "static": {"share": 0.5}},
}


@dataclass
class World:
    """A team with one of everything, and somebody of every kind."""

    people: Cast
    actors: Mapping[str, User | None]
    names: dict[str, Any] = field(default_factory=dict)
    """Values of the parameters in addresses, by the URL name that they are for, or for all."""
    proposal: Any = None
    head: str = ""
    """Digest of the plan's head."""
    draft: str = ""
    """Digest of the draft's."""


STATES: Mapping[str, State] = {
    "request_changes": State.IN_REVIEW,
    "approve": State.IN_REVIEW,
    "rescind": State.APPROVED,
    "accept": State.APPROVED,
    "break_glass": State.IN_REVIEW,
    "reopen": State.WITHDRAWN,
}
"""Of the proposal, where a verb takes another than a draft."""


def keep_still(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    """A site with accounts that starts no process and reaches nobody outside."""
    settings.ACCOUNTS = True
    settings.API_REQUESTS_PER_MINUTE = 100_000
    monkeypatch.setattr(processes, "start", lambda *args, **options: None)
    monkeypatch.setattr(outside, "check", lambda url: None)
    monkeypatch.setattr(cheapest, "plan_of", lambda inquiry, key: newspaper(notes="found"))


def world(state: State) -> World:
    """The world with its proposal in a state."""
    people = cast()
    editor = person("erin")
    Membership.objects.create(team=people.team, user=editor, role=Role.EDITOR)
    EmailAddress.objects.create(user=people.charlie, email=people.charlie.email, verified=True)
    _name_by_secret(people)
    whole = newspaper(tiers=TIERS, workload=WORKLOAD)
    revisions.record(people.plan, whole, parent_digest=people.revision.digest, message=SECRET, author="alice")
    people.plan.refresh_from_db()
    made = World(
        people=people,
        actors={
            "anonymous": None, "outsider": people.charlie, "viewer": people.vera, "commenter": people.bob,
            "editor": editor, "approver": people.carol, "owner": people.olive, "author": people.alice,
        },
        proposal=proposed(people, title=f"A third server of {SECRET}"),
    )  # fmt: skip
    _discuss(made)
    _lead_to(made, state)
    _add_doors(made)
    # Whose it is may do no more than that: the role alone would not.
    Membership.objects.filter(user=people.alice, team=people.team).update(role=Role.COMMENTER)
    made.head, made.draft = revisions.get(people.plan).digest, head_of(made.proposal).digest
    return made


def _name_by_secret(people: Cast) -> None:
    Team.objects.filter(pk=people.team.pk).update(name=f"Team of {SECRET}")
    type(people.plan).objects.filter(pk=people.plan.pk).update(name=f"Gazette of {SECRET}")
    people.team.refresh_from_db()
    people.plan.refresh_from_db()


def _discuss(made: World) -> None:
    proposal, author = made.proposal, made.people.alice
    thread = discussion.start_thread(author, proposal, anchor="", text=f"Why not four, in {SECRET}?")
    now = revisions.load(proposal.draft)
    edits = edits_between(now, now.model_copy(update={"notes": "four"}))
    suggestion = discussion.suggest(author, thread, text="Four.", edits=edits)
    blocking = discussion.start_thread(author, proposal, anchor="tier:web", text="Wait.", blocking=True)
    made.names |= {
        "thread": thread.pk, "comment": suggestion.comment_id, "suggestion": suggestion.pk,
        "thread_unblock": {"thread": blocking.pk},
    }  # fmt: skip
    discussion.resolve(author, blocking)


def _lead_to(made: World, state: State) -> None:
    people, proposal = made.people, made.proposal
    if state == State.WITHDRAWN:
        actions.withdraw(people.alice, proposal)
    if state in (State.IN_REVIEW, State.APPROVED):
        actions.open_review(people.alice, proposal)
    if state == State.APPROVED:
        for row in standing(proposal, today=TODAY).checks:
            if row.stops:
                actions.waive_check(people.dave, proposal, check=row.name, evidence=row.evidence, reason="Next month")
        approved_by(people.carol, proposal)
        approved_by(people.olive, proposal)
    proposal.refresh_from_db()
    assert proposal.state == state


def _add_doors(made: World) -> None:
    people, draft = made.people, made.proposal.draft
    now = timezone.now()
    _, token = sharing.share(people.alice, draft, kind=ShareLink.Kind.COMMENT, days=7)
    own, _ = sharing.share(people.alice, people.plan, kind=ShareLink.Kind.READ, days=7)
    hook = webhooks.add(people.olive, people.team, url="https://example.com/hook")
    rule = ruling.add(people.olive, people.team, area="role:redis", number=1)
    inviting.invite(people.olive, people.team, email=people.charlie.email, role=Role.VIEWER, now=now)
    invitation = people.team.invitations.get()
    key, _ = tokens.make(people.alice, name="hers", scopes=SCOPES)
    reading = Reading.objects.create(names=["a.log"], bytes_total=1, user=people.alice)
    read = Reading.objects.create(
        names=["a.log"], bytes_total=1, user=people.alice, state="done", answer={"workload": WORKLOAD}
    )
    Inquiry.objects.create(
        digest="d" * 64, kind="cheapest", revision=revisions.get(people.plan), answer={},
        asked={"p95_ms": 500, "availability": 0.9, "headroom": 0, "refused": 0, "budget": None, "types": "built-in"},
    )  # fmt: skip
    # Alice begins plans of her own elsewhere.
    Membership.objects.create(team=Team.objects.create(slug="hers", name="Hers"), user=people.alice, role=Role.EDITOR)
    made.names |= {
        "plan": people.plan.slug, "team": people.team.slug, "number": 2, "form": "svg", "host": "web1",
        "bundle_file": {"name": "etc/nginx/nginx.conf"}, "say": {"site": "newspaper"}, "episode": "deploy",
        "stage": {"name": "single"}, "take_stage": {"name": "single"}, "paper": {"paper": "checks"},
        "picture": {"name": "editor.png"}, "pk": made.proposal.pk,
        "token": str(mail.outbox[-1].body).split("/invitations/")[1].split("/")[0],
        "share": {"token": token}, "embed": {"signed": sharing.signed(head_of(made.proposal), made.proposal.base)},
        "share_revoke": {"pk": own.pk}, "webhook_change": {"pk": hook.pk}, "remove_rule": {"pk": rule.pk},
        "send_invitation": {"pk": invitation.pk}, "revoke_invitation": {"pk": invitation.pk},
        "token_revoke": {"pk": key.pk}, "reading": {"pk": reading.pk}, "plan_reading": {"pk": read.pk},
        "change_role": {"pk": Membership.objects.get(user=people.dave).pk},
        "remove_member": {"pk": Membership.objects.get(user=people.alice, team=people.team).pk},
    }  # fmt: skip


def statuses(takes: str, actor: str) -> set[int]:
    """What somebody who is logged in may be answered, by what the table says that it takes."""
    least, _, also = takes.partition("+")
    if least == "none":
        return {404}
    if least == "person" or (actor == "author" and "own" in (least, also)) or (least, actor) == ("invited", "outsider"):
        return PASSED
    if least == "invited":
        return {403}
    if least == "own":
        return {404} if actor == "outsider" else {403, 404}
    if least == "editor in any":
        return PASSED if actor in ("editor", "approver", "owner", "author") else {403}
    if actor == "outsider":
        return {404}
    role = Role.COMMENTER if actor == "author" else Role(actor)
    return PASSED if ROLES.index(role) >= ROLES.index(Role(least)) else {403}
