"""A team in which there is as much of everything as a test asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from planner import plans, sharing, tokens
from planner.models import (
    Approval,
    CheckWaiver,
    CommentVersion,
    Delivery,
    Event,
    Evidence,
    Invitation,
    Membership,
    Notice,
    Presence,
    Proposal,
    ReviewRule,
    Role,
    ShareLink,
    State,
    Suggestion,
    Webhook,
)
from planner.review import actions, discussion, recording, sealing
from planner.review.anchors import parse
from planner.suggesting import edits_of
from tests.builders import newspaper
from tests.cast import Cast, cast, head_of, person, proposed
from topology import revisions
from topology.design import ServerCount
from topology.merging import edits_to_data

ANCHORS = ("", "tier:web", "server:web1", "metric:p95", "check:budget", "tier:database")


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """The cast, and what is looked at."""

    people: Cast
    proposal: Proposal
    """In review, with as many revisions, threads, approvals and so on as were asked for."""
    accepted: Proposal
    token: str
    link: str


def crowd(size: int) -> Crowd:
    """So many members, plans, proposals, revisions, threads, comments, notices, links and the rest."""
    people = cast()
    members = _members(people, size)
    for number in range(size):
        plans.start(
            people.alice, newspaper(name=f"site-{number}"), name=f"Site {number}", message="First", team=people.team
        )
    proposal = proposed(people)
    actions.open_review(people.alice, proposal)
    for number in range(size):
        _save(people, proposal, web=4 + number % 2)
    _other_proposals(people, size)
    accepted = proposed(people, title="Once accepted", web=5)
    Proposal.objects.filter(pk=accepted.pk).update(state=State.ACCEPTED, accepted=people.revision)
    _talk(people, proposal, members, size)
    _judge(people, proposal, members, size)
    _doors(people, proposal, size)
    _tell(people, proposal, members, size)
    proposal.refresh_from_db()
    accepted.refresh_from_db()
    token, link = _keys(people, proposal, size)
    return Crowd(people=people, proposal=proposal, accepted=accepted, token=token, link=link)


def _members(people: Cast, size: int) -> list[User]:
    members = [person(f"member-{number}") for number in range(size)]
    for user in members:
        Membership.objects.create(team=people.team, user=user, role=Role.APPROVER)
    return members


def _save(people: Cast, proposal: Proposal, *, web: int) -> None:
    head = head_of(proposal)
    design = revisions.design_of(head)
    count = ServerCount(count=web, type="medium")
    tiers = tuple(tier.model_copy(update={"servers": count}) if tier.name == "web" else tier for tier in design.tiers)
    recording.save(
        people.alice, proposal.draft, design.model_copy(update={"tiers": tiers}), parent_digest=head.digest,
        message=f"{web} web servers",
    )  # fmt: skip


def _other_proposals(people: Cast, size: int) -> None:
    for number in range(size):
        other = proposed(people, title=f"Another {number}", web=3)
        if number % 3 == 0:
            actions.open_review(people.alice, other)
        elif number % 3 == 1:
            actions.withdraw(people.alice, other)


def _talk(people: Cast, proposal: Proposal, members: list[User], size: int) -> None:
    for number in range(size):
        anchor = ANCHORS[number % len(ANCHORS)]
        thread = discussion.start_thread(people.bob, proposal, anchor=anchor, text=f"Why {number}, @carol?")
        comment = discussion.reply(members[number], thread, text=f"Because {number}.")
        CommentVersion.objects.create(comment=comment, text=f"Since {number}.")
    thread = discussion.start_thread(people.bob, proposal, anchor="tier:web", text="One long thread.")
    for number in range(size):
        discussion.reply(members[number], thread, text=f"And {number}?")
    head = head_of(proposal)
    edits = edits_of(parse("tier:web"), revisions.design_of(head), {"to.count": "9"})
    for comment in thread.comments.all():
        Suggestion.objects.create(comment=comment, edits=edits_to_data(edits), against=head.digest)


def _judge(people: Cast, proposal: Proposal, members: list[User], size: int) -> None:
    head, sealed = head_of(proposal), sealing.sealed(head_of(proposal))
    old = proposal.draft.revisions.get(number=2)
    areas = sealing.changed(sealing.sealed(proposal.base), sealed)
    for number in range(size):
        seen = head if number % 2 else old
        seals = {area: sealing.sealed(seen).seal(area).as_data() for area in areas}
        Approval.objects.create(
            proposal=proposal, user=members[number], revision=seen, seals=seals, content_digest=sealed.content_digest
        )  # fmt: skip
        CheckWaiver.objects.create(
            proposal=proposal, check_name="budget", evidence=f"{number:064}", reason="So be it", user=members[number]
        )  # fmt: skip
        Evidence.objects.create(proposal=proposal, content_digest=f"{number:064}", report={}, user=members[number])
        rule = ReviewRule.objects.create(team=people.team, area="*", number=1)
        rule.people.set(members[: number + 1])


def _doors(people: Cast, proposal: Proposal, size: int) -> None:
    later = timezone.now() + timedelta(days=7)
    for number in range(size):
        Invitation.objects.create(
            team=people.team, email=f"new-{number}@example.com", role=Role.VIEWER, token_hash=f"{number:064}",
            invited_by=people.olive, expires_at=later,
        )  # fmt: skip
        hook = Webhook.objects.create(team=people.team, url=f"https://example.com/{number}", salt="0" * 32)
        events = Event.objects.filter(team=people.team).order_by("pk")[:size]
        Delivery.objects.bulk_create(Delivery(webhook=hook, event=event) for event in events)


def _tell(people: Cast, proposal: Proposal, members: list[User], size: int) -> None:
    events = Event.objects.filter(team=people.team, proposal=proposal.pk).order_by("-pk")[:size]
    Notice.objects.bulk_create(
        (Notice(user=user, event=event, proposal=proposal, reason="reply")
         for event in events for user in (people.olive, people.carol)),
        ignore_conflicts=True,
    )  # fmt: skip
    Presence.objects.bulk_create(Presence(user=user, plan=proposal.draft, doing="looking") for user in members)


def _keys(people: Cast, proposal: Proposal, size: int) -> tuple[str, str]:
    link = ""
    for _ in range(min(size, sharing.MOST)):
        _, link = sharing.share(people.olive, proposal.draft, kind=ShareLink.Kind.COMMENT, days=7)
    for _ in range(size):
        _, token = tokens.make(people.olive, name="Pipeline", scopes=["read"])
    return token, link
