"""Links for people without an account: one revision, for a while, to read or to comment on; and pictures to embed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from planner import audit, plans, tokens
from planner.models import Comment, Proposal, Role, ShareLink
from planner.review import Refused, discussion, policies
from planner.review.discussion import Guest
from topology import revisions
from topology.design import Design
from topology.models import Plan, Revision

DAYS = (1, 7, 30, 90)
"""How long a link may live."""
MOST = 50
"""Links of a plan that are alive at once."""
MOST_SAID = 20
"""Comments of guests on a proposal within an hour."""
SALT = "planner.embed"
EMBED_DAYS = 365


def why_not_share(user: User, plan: Plan) -> str | None:
    """Whoever has the link sees the revision, so it takes somebody who may change it."""
    return policies.why_not_role(user, plan, Role.EDITOR)


@transaction.atomic
def share(
    user: User, plan: Plan, *, kind: ShareLink.Kind, days: int, number: int | None = None
) -> tuple[ShareLink, str]:
    """A link to a revision of the plan or draft (by default its newest), and its token, which nobody sees again."""
    _refuse(why_not_share(user, plan))
    if days not in DAYS:
        raise Refused(f"a link lives for {', '.join(map(str, DAYS))} days")
    if alive(plan).count() >= MOST:
        raise Refused(f"{MOST} links of this are alive; revoke one first")
    proposal = plans.proposal_of(plan)
    if kind == ShareLink.Kind.COMMENT and proposal is None:
        raise Refused("comments belong to a proposal; share this to be read, or share a proposal")
    token = tokens.secret()
    link = ShareLink.objects.create(
        plan=plan,
        proposal=proposal,
        revision=revisions.get(plan, number),
        kind=kind,
        token_hash=tokens.hash_of(token),
        created_by=user,
        expires_at=timezone.now() + timedelta(days=days),
    )
    said = {"link": link.pk, "revision": link.revision.number, "kind": str(kind), "days": days}
    audit.write(plans.team_of(plan), user, "share", plan=plan, proposal=proposal, data=said)
    return link, token


@transaction.atomic
def revoke(user: User, link: ShareLink) -> None:
    """End a link; an ended one stays ended."""
    _refuse(why_not_share(user, link.plan))
    if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.write(plans.team_of(link.plan), user, "revoke_share", plan=link.plan, proposal=link.proposal,
                    data={"link": link.pk})  # fmt: skip


def alive(plan: Plan, *, now: datetime | None = None) -> QuerySet[ShareLink]:
    """The links of a plan that still lead somewhere."""
    rows = ShareLink.objects.filter(plan=plan, revoked_at=None, expires_at__gt=now or timezone.now())
    return rows.select_related("revision", "created_by")


def find(token: str, *, now: datetime | None = None) -> ShareLink | None:
    """The link of that token, if it still leads somewhere."""
    rows = ShareLink.objects.filter(
        token_hash=tokens.hash_of(token), revoked_at=None, expires_at__gt=now or timezone.now()
    )
    return rows.select_related("plan", "revision__plan", "proposal__base__plan", "proposal__plan").first()


def say(link: ShareLink, *, name: str, text: str, now: datetime | None = None) -> None:
    """What a guest says of what they saw. Refused where they take a member's name, or guests say too much."""
    if link.proposal is None or link.kind != ShareLink.Kind.COMMENT:
        raise Refused("this link is to be read")
    name = " ".join(name.split())
    members = User.objects.filter(memberships__team=plans.team_of(link.plan))
    if members.filter(Q(username__iexact=name) | Q(first_name__iexact=name)).exists():
        raise Refused("somebody of the team has this name; write yours so that nobody takes you for them")
    hour = (now or timezone.now()) - timedelta(hours=1)
    if Comment.objects.filter(thread__proposal=link.proposal, author=None, created_at__gt=hour).count() >= MOST_SAID:
        raise Refused("guests have said a lot within the hour; keep what you wrote and come back later")
    discussion.start_thread(Guest(name=name), link.proposal, anchor="", text=text, revision=link.revision)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a link or an embedded picture shows."""

    before: Design | None
    """None where it is a design by itself, and no change."""
    after: Design


def shown(revision: Revision, base: Revision | None) -> Shown:
    """The designs of a revision and of what it was cut from."""
    return Shown(before=revisions.design_of(base) if base else None, after=revisions.design_of(revision))


def signed(revision: Revision, base: Revision | None = None) -> str:
    """What stands in the address of an embedded picture: which revisions, signed, with the time."""
    return signing.dumps([revision.pk, base.pk if base else 0], salt=SALT)


def read_signed(text: str) -> Shown | None:
    """What a signed address shows; None where it was altered or is older than a year."""
    try:
        found = signing.loads(text, salt=SALT, max_age=timedelta(days=EMBED_DAYS))
    except signing.BadSignature:
        return None
    rows = Revision.objects.select_related("plan").in_bulk(found)
    revision = rows.get(found[0])
    return shown(revision, rows.get(found[1])) if revision else None


def shares_of(proposal: Proposal) -> QuerySet[ShareLink]:
    """The links of a proposal that are alive."""
    return alive(proposal.draft)


def _refuse(why_not: str | None) -> None:
    if why_not:
        raise Refused(why_not)
