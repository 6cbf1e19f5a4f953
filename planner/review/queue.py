"""What waits for a person: proposals whose next step is theirs, those that wait for others, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db.models import F, OuterRef, QuerySet, Subquery

from planner.models import Approval, Comment, Membership, Notice, Proposal, ReviewRule, Role, State, Thread
from planner.review.asking import asks_for
from topology.areas import title_of
from topology.models import Revision

MOST = 200
"""Open proposals that are looked at, the last touched first."""
LATELY = 10
"""Decided proposals that are shown."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """A proposal, and what about it waits."""

    proposal: Proposal
    says: tuple[str, ...]
    """Why it is here, a sentence each."""
    sentence: str
    """What the proposal means, as of the last thing that was done to it."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A person's work."""

    yours: tuple[Item, ...]
    waiting: tuple[Item, ...]
    """The person's own, and those they said yes to, that wait for others."""
    others: tuple[Item, ...]
    """Open proposals of their teams that ask nothing of them."""
    lately: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the database says at once, so that no proposal asks on its own."""

    user: User
    roles: Mapping[int, Role]
    """Team -> the person's role."""
    rules: Mapping[int, list[ReviewRule]]
    approved: Mapping[int, Approval]
    """Proposal -> the person's last yes that they did not take back."""
    asked: Mapping[int, int]
    """Proposal of the person -> open threads whose last word is another's."""
    named: frozenset[int]
    """Proposals in which an unseen notice names the person."""
    editors: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """Draft -> author and co-author of its newest revision."""


def of(user: User) -> Queue:
    """The person's queue. The number of questions to the database does not grow with the proposals."""
    roles = {row.team_id: Role(row.role) for row in Membership.objects.filter(user=user)}
    mine = Proposal.objects.filter(plan__holding__team__in=roles)
    rows = mine.select_related("plan__holding__team", "draft", "author")
    opened = list(rows.filter(state__in=[state for state in State if state.is_open])[:MOST])
    known = _known(user, roles, opened)
    yours, waiting, others = [], [], []
    for proposal in opened:
        says = tuple(_says(proposal, known))
        if says:
            yours.append(_item(proposal, says))
        elif proposal.author_id == user.pk or proposal.pk in known.approved:
            waiting.append(_item(proposal, (_waits_for(proposal),)))
        else:
            others.append(_item(proposal, (State(proposal.state).label,)))
    closed = rows.exclude(state__in=[state for state in State if state.is_open])[:LATELY]
    lately = tuple(_item(proposal, (State(proposal.state).label,)) for proposal in closed)
    return Queue(yours=tuple(yours), waiting=tuple(waiting), others=tuple(others), lately=lately)


def length(user: User) -> int:
    """How many proposals wait for the person, for the head of every page."""
    return len(of(user).yours)


def _item(proposal: Proposal, says: tuple[str, ...]) -> Item:
    return Item(proposal=proposal, says=says, sentence=str(proposal.summary.get("sentence") or ""))


def _says(proposal: Proposal, known: _Known) -> Iterator[str]:
    if proposal.pk in known.named:
        yield "you are named"
    if proposal.author_id == known.user.pk:
        yield from _of_author(proposal, known)
    elif proposal.state in (State.IN_REVIEW, State.APPROVED):
        yield from _of_reviewer(proposal, known)


def _of_author(proposal: Proposal, known: _Known) -> Iterator[str]:
    waiting = known.asked.get(proposal.pk, 0)
    if waiting:
        yield "a thread waits for your answer" if waiting == 1 else f"{waiting} threads wait for your answer"
    if proposal.state == State.CHANGES_REQUESTED:
        yield "changes were requested"
    if proposal.state == State.DRAFT:
        yield "your draft: ask for review when it is ready"
    if proposal.state == State.APPROVED and not proposal.summary.get("missing"):
        yield "approved: accept it"


def _of_reviewer(proposal: Proposal, known: _Known) -> Iterator[str]:
    team = proposal.plan.holding.team_id
    role = known.roles[team]
    if known.user.username in known.editors.get(proposal.draft_id, ()):
        return
    approval = known.approved.get(proposal.pk)
    stale = approval is not None and approval.pk in (proposal.summary.get("stale") or ())
    unmet = [str(area) for area in proposal.summary.get("unmet") or ()]
    asks = asks_for(unmet, known.rules.get(team, []), added=None)
    wanted = [area for area in unmet if any(ask.takes(known.user.pk, role) for ask in asks.get(area, ()))]
    wanted = [area for area in wanted if stale or approval is None or area not in approval.seals]
    if wanted:
        yield "what you approved has changed" if stale else f"approve {', '.join(title_of(area) for area in wanted)}"


def _waits_for(proposal: Proposal) -> str:
    missing = proposal.summary.get("missing") or ()
    return str(missing[0]) if missing else State(proposal.state).label


def _known(user: User, roles: Mapping[int, Role], opened: Iterable[Proposal]) -> _Known:
    keys = [proposal.pk for proposal in opened]
    drafts = [proposal.draft_id for proposal in opened]
    rules: dict[int, list[ReviewRule]] = {}
    for rule in ReviewRule.objects.filter(team__in=roles).prefetch_related("people"):
        rules.setdefault(rule.team_id, []).append(rule)
    yes = Approval.objects.filter(proposal__in=keys, user=user, rescinded_at=None)
    return _Known(
        user=user,
        roles=roles,
        rules=rules,
        approved={row.proposal_id: row for row in yes},
        asked=_asked([proposal.pk for proposal in opened if proposal.author_id == user.pk], user),
        named=frozenset(
            Notice.objects.filter(user=user, seen_at=None, reason="mention").values_list("proposal", flat=True)
        ),
        editors=dict(_editors(drafts)),
    )


def _asked(own: list[int], user: User) -> Mapping[int, int]:
    newest = Comment.objects.filter(thread=OuterRef("pk")).order_by("-created_at", "-pk").values("author")[:1]
    rows = Thread.objects.filter(proposal__in=own, resolved_at=None).annotate(last=Subquery(newest))
    table: dict[int, int] = {}
    for proposal, last in rows.values_list("proposal", "last"):
        if last != user.pk:
            table[proposal] = table.get(proposal, 0) + 1
    return table


def _editors(drafts: list[int]) -> Iterator[tuple[int, tuple[str, str]]]:
    heads: QuerySet[Revision] = Revision.objects.filter(plan__in=drafts, number=F("plan__head"))
    for plan, author, co_author in heads.values_list("plan", "author", "co_author"):
        yield plan, (author, co_author)
