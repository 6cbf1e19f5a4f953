"""Who is told what: notices in the site and in a mail, as they follow from the events of the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from planner import markdown
from planner.models import REASONS, Approval, Comment, Event, Membership, Notice, Proposal, ReviewRule, Role, Team

DECIDES = frozenset({"accept", "break_glass", "withdraw", "supersede", "request_changes"})
TALKS = frozenset({"start_thread", "reply", "suggest"})
TO_AUTHOR = frozenset({"approve", "rescind", "waive_check", "resolve", "reopen_thread", "add_evidence"})


@dataclass(frozen=True)
class Told:
    """A person and the reason."""

    user: User
    reason: str


def follow(event: Event) -> None:
    """Write the notices that follow from an event; nobody is told of what they did themselves."""
    proposal = _proposal(event)
    if proposal is None:
        return
    reasons: dict[int, str] = {}
    order = list(REASONS)
    for told in _told(event, proposal):
        before = reasons.get(told.user.pk)
        if before is None or order.index(told.reason) < order.index(before):
            reasons[told.user.pk] = told.reason
    reasons.pop(event.user_id or 0, None)
    members = set(Membership.objects.filter(team=event.team, user__in=reasons).values_list("user", flat=True))
    Notice.objects.bulk_create(
        (
            Notice(user_id=user, event=event, proposal=proposal, reason=reason)
            for user, reason in reasons.items()
            if user in members
        ),
        ignore_conflicts=True,
    )


def of(user: User) -> QuerySet[Notice]:
    """The person's notices, the newest first, with what they are of; without those of teams that they left."""
    rows = Notice.objects.filter(user=user, event__team__memberships__user=user)
    return rows.select_related("event", "proposal__plan")


def unseen(user: User) -> Coalesce:
    """How many the person has not seen, as a column of a query that is made anyway."""
    waiting = Notice.objects.filter(user=user, event__team__memberships__user=user, seen_at=None)
    rows = waiting.order_by().values("user").annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)


def see(user: User, *, pk: int | None = None, at: datetime | None = None) -> int:
    """Mark as seen: one of them, or all."""
    rows = Notice.objects.filter(user=user, seen_at=None)
    rows = rows if pk is None else rows.filter(pk=pk)
    return rows.update(seen_at=at or timezone.now())


def see_proposal(user: User, proposal: Proposal, *, at: datetime, with_talk: bool = False) -> int:
    """Mark as seen what a look at the proposal shows; where somebody named the person, only a look at the talk does.

    Who has nothing to mark writes nothing.
    """
    rows = Notice.objects.filter(user=user, seen_at=None, proposal=proposal)
    rows = rows if with_talk else rows.exclude(reason="mention")
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return Notice.objects.filter(pk__in=keys).update(seen_at=at) if keys else 0


def _proposal(event: Event) -> Proposal | None:
    if event.proposal is None:
        return None
    return Proposal.objects.select_related("author", "plan").filter(pk=event.proposal).first()


def _told(event: Event, proposal: Proposal) -> Iterator[Told]:
    if event.verb == "open_review":
        yield from (Told(user, "review") for user in asked(proposal, event.team))
    if event.verb in DECIDES:
        yield from (Told(user, "decided") for user in taking_part(proposal))
    if event.verb in TO_AUTHOR:
        yield Told(proposal.author, "author")
    if event.verb in TALKS:
        yield from _of_talk(event, proposal)
    if event.verb == "edit_comment":
        yield from _newly_named(event)
    stale = event.data.get("stale") or ()
    if stale:
        yield from (Told(one.user, "stale") for one in Approval.objects.select_related("user").filter(pk__in=stale))


def _of_talk(event: Event, proposal: Proposal) -> Iterator[Told]:
    comment = Comment.objects.select_related("thread").filter(pk=event.data.get("comment") or 0).first()
    if comment is None:
        return
    yield from (Told(user, "mention") for user in markdown.mentioned(comment.text, event.team))
    others = Comment.objects.filter(thread=comment.thread).exclude(author=None).select_related("author")
    yield from (Told(other.author, "reply") for other in others if other.author)
    yield Told(proposal.author, "author")


def _newly_named(event: Event) -> Iterator[Told]:
    """Whom a comment names since it was edited; those whom it named before were told then."""
    comment = Comment.objects.filter(pk=event.data.get("comment") or 0).first()
    before = comment.versions.order_by("-until", "-pk").first() if comment else None
    if comment is None or before is None:
        return
    known = set(markdown.mentioned(before.text, event.team))
    yield from (Told(user, "mention") for user in markdown.mentioned(comment.text, event.team) if user not in known)


def asked(proposal: Proposal, team: Team) -> QuerySet[User]:
    """Whose yes the proposal may need: those whom the rules name, and where they name nobody, all who may approve."""
    rules = list(ReviewRule.objects.filter(team=team).prefetch_related("people"))
    named = {user.pk for rule in rules for user in rule.people.all()}
    least = [rule.least_role for rule in rules if not rule.people.all()] or ([] if rules else [Role.APPROVER])
    able = {role for role in Role for one in least if role.reaches(Role(one))}
    by_role = Q(memberships__team=team, memberships__role__in=able)
    return User.objects.filter(by_role | Q(pk__in=named)).exclude(pk=proposal.author_id).distinct()


def taking_part(proposal: Proposal) -> QuerySet[User]:
    """The author, and whoever approved or said something."""
    said = Comment.objects.filter(thread__proposal=proposal).values("author")
    approved = Approval.objects.filter(proposal=proposal).values("user")
    return User.objects.filter(Q(pk=proposal.author_id) | Q(pk__in=said) | Q(pk__in=approved))


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A person's notices that no mail has told of yet."""

    user: User
    notices: tuple[Notice, ...]


def letters(*, before: datetime) -> tuple[Letter, ...]:
    """What is to be mailed: notices unseen and unmailed since before that time, by person who is still in the team."""
    rows = (
        Notice.objects.filter(seen_at=None, mailed_at=None, created_at__lt=before, user__is_active=True)
        .filter(event__team__memberships__user=F("user"))
        .exclude(user__email="")
        .select_related("user", "event", "proposal__plan")
        .order_by("user", "pk")
    )
    by_user: dict[int, list[Notice]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, []).append(row)
    return tuple(Letter(user=rows[0].user, notices=tuple(rows)) for rows in by_user.values())


@transaction.atomic
def take(letter: Letter, *, at: datetime) -> bool:
    """Whether this process is the one that mails it: of two, one finds the rows still unmailed."""
    keys = [notice.pk for notice in letter.notices]
    return Notice.objects.filter(pk__in=keys, mailed_at=None).update(mailed_at=at) == len(keys)


def give_back(notices: Iterable[Notice]) -> None:
    """The mail did not go out: the next run tries again."""
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=None)
