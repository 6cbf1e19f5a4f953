"""The designs that a person sets side by side: plans, revisions and stages of them, proposals, what a search found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib.auth.models import User
from django.db.models import F, Q
from django.http import QueryDict
from django.urls import reverse

from planner import plans
from planner.found import plan_of
from planner.keeping import Kept
from planner.models import Inquiry, Proposal, State
from planner.review.states import OPEN
from topology import revisions
from topology.design import Design, TierwrightError
from topology.models import Plan, Revision
from topology.stages import Stages, evolve

MOST = 4
MOST_OFFERED = 200
REVISIONS_OFFERED = 60
FOUND, PROPOSAL = "found.", "proposal."
"""How a token begins that names no plan; no slug has a dot."""
LARGEST = 2**31
_STAGES: Kept[str, Stages] = Kept(most=16)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A design that a person compares, or why there is none."""

    token: str
    """As the address names it: `plan`, `plan@3`, `plan@load_balanced`, `proposal.7`."""
    title: str
    note: str
    """Which revision, stage or proposal it is."""
    url: str
    design: Design | None = None
    trouble: str = ""

    @property
    def name(self) -> str:
        """Title and note."""
        return f"{self.title}, {self.note}" if self.note else self.title


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A design that may be chosen."""

    token: str
    name: str


def tokens_of(query: QueryDict) -> list[str]:
    """What an address names, each once, plans before proposals: `plan=ljworld@3`, `proposal=7`."""
    # A database may refuse even to look for what cannot be printed.
    sent = [token for token in query.getlist("plan") if token and token.isprintable()]
    sent += [f"{PROPOSAL}{pk}" for pk in query.getlist("proposal") if pk.isdecimal() and pk.isascii()]
    return list(dict.fromkeys(sent))[:MOST]


def query_of(tokens: Iterable[str]) -> list[tuple[str, str]]:
    """The same back as an address."""
    return [
        ("proposal", token.removeprefix(PROPOSAL)) if token.startswith(PROPOSAL) else ("plan", token)
        for token in tokens
    ]


def choose(user: User, tokens: Sequence[str]) -> list[Chosen]:
    """The design of each token; one that the person may not look at is not there."""
    proposals = _proposals(user, tokens)
    by_slug = _plans(user, tokens)
    asked = [(plan, which) for plan, which in (_asked(token, by_slug, proposals) for token in tokens) if plan]
    found = _revisions(asked)
    return [_chosen(user, token, by_slug, proposals, found) for token in tokens]


def offers(user: User, chosen: Sequence[Chosen]) -> list[tuple[str, list[Offer]]]:
    """What may be chosen besides, by group: plans, proposals under way, earlier revisions of the plans chosen."""
    seen = plans.visible_to(user)
    listed = seen.filter(removed_at=None).order_by("name", "slug")[:MOST_OFFERED]
    under_way = Proposal.objects.filter(plan__in=seen, state__in=OPEN).select_related("plan")[:MOST_OFFERED]
    taken = {item.token for item in chosen}
    groups = [
        ("Plans", [Offer(token=plan.slug, name=plan.name) for plan in listed]),
        ("Proposals under way", [Offer(token=f"{PROPOSAL}{p.pk}", name=f"{p.plan.name} {p}") for p in under_way]),
        ("Revisions", list(_earlier(user, chosen))),
    ]
    return [(title, left) for title, items in groups if (left := [item for item in items if item.token not in taken])]


def _earlier(user: User, chosen: Sequence[Chosen]) -> Iterator[Offer]:
    slugs = {item.token.partition("@")[0] for item in chosen if "." not in item.token and item.design}
    if slugs:
        rows = Revision.objects.filter(plan__slug__in=slugs, plan__in=plans.visible_to(user)).select_related("plan")
        for revision in rows.defer("document").order_by("plan__name", "-number")[:REVISIONS_OFFERED]:
            plan = revision.plan
            yield Offer(token=f"{plan.slug}@{revision.number}", name=f"{plan.name}, revision {revision.number}")


def _proposals(user: User, tokens: Sequence[str]) -> Mapping[str, Proposal]:
    """Those that tokens name, by token."""
    numbers = [int(token.removeprefix(PROPOSAL)) for token in tokens if _is_proposal(token)]
    wanted = [number for number in numbers if number < LARGEST]
    if not wanted:
        return {}
    rows = Proposal.objects.filter(pk__in=wanted, plan__in=plans.visible_to(user)).select_related("plan", "draft")
    return {f"{PROPOSAL}{proposal.pk}": proposal for proposal in rows}


def _is_proposal(token: str) -> bool:
    number = token.removeprefix(PROPOSAL)
    return token.startswith(PROPOSAL) and number.isdecimal() and number.isascii() and len(number) < 12


def _plans(user: User, tokens: Sequence[str]) -> Mapping[str, Plan]:
    """Those that tokens name, by slug; a draft of a proposal may be named by its own."""
    slugs = {token.partition("@")[0] for token in tokens if "." not in token}
    if not slugs:
        return {}
    found = {plan.slug: plan for plan in plans.visible_to(user).filter(slug__in=slugs)}
    drafts = (plans.look_up(user, slug) for slug in slugs - found.keys())
    return {**found, **{plan.slug: plan for plan in drafts if plan}}


def _asked(
    token: str, by_slug: Mapping[str, Plan], proposals: Mapping[str, Proposal]
) -> tuple[Plan | None, int | None]:
    """The plan whose revision a token needs, and its number; None for the head."""
    if token in proposals:
        return proposals[token].draft, None
    slug, _, which = token.partition("@")
    return by_slug.get(slug), int(which) if _is_number(which) else None


def _is_number(which: str) -> bool:
    return which.isdecimal() and which.isascii() and int(which[:20]) < LARGEST


def _revisions(asked: Sequence[tuple[Plan, int | None]]) -> Mapping[tuple[int, int | None], Revision]:
    """All of them by one question; the head's number is None."""
    if not asked:
        return {}
    wanted = [Q(plan=plan, number=F("plan__head") if number is None else number) for plan, number in asked]
    rows = {
        (row.plan_id, row.number): row for row in Revision.objects.filter(reduce(or_, wanted)).select_related("plan")
    }
    keys = {(plan.pk, number): (plan.pk, plan.head if number is None else number) for plan, number in asked}
    return {key: rows[there] for key, there in keys.items() if there in rows}


def _chosen(
    user: User,
    token: str,
    by_slug: Mapping[str, Plan],
    proposals: Mapping[str, Proposal],
    found: Mapping[tuple[int, int | None], Revision],
) -> Chosen:
    if token.startswith(FOUND):
        return _of_search(user, token)
    plan, number = _asked(token, by_slug, proposals)
    if plan is None:
        what = "proposal" if token.startswith(PROPOSAL) else "plan"
        name = f"Proposal {token.removeprefix(PROPOSAL)}" if what == "proposal" else token.partition("@")[0]
        return _trouble(token, name, "", f"There is no such {what}.")
    which = token.partition("@")[2]
    revision = found.get((plan.pk, number))
    try:
        if token in proposals:
            return _of_proposal(token, proposals[token], found[plan.pk, None])
        if which and not which.isdecimal():
            return _of_stage(token, found[plan.pk, None], which)
        if revision is None:
            return _trouble(token, plan.name, which, f"This plan has no {which}.")
        return _of_revision(token, revision, is_head=number is None)
    except KeyError:
        return _trouble(token, plan.name, which, f"This plan has no {which}.")
    except TierwrightError as error:
        return _trouble(token, plan.name, which, str(error))


def _trouble(token: str, title: str, note: str, trouble: str) -> Chosen:
    return Chosen(token=token, title=title, note=note, url="", trouble=trouble)


def _of_revision(token: str, revision: Revision, *, is_head: bool) -> Chosen:
    slug, number = revision.plan.slug, revision.number
    url = reverse("plan", args=[slug]) if is_head else reverse("revision", args=[slug, number])
    note = f"as it stands, revision {number}" if is_head else f"revision {number}"
    return Chosen(token=token, title=revision.plan.name, note=note, url=url, design=revisions.design_of(revision))


def _of_proposal(token: str, proposal: Proposal, head: Revision) -> Chosen:
    state = State(proposal.state).label
    return Chosen(
        token=token,
        title=str(proposal),
        note=f"{state}, for {proposal.plan.name}, revision {head.number} of it",
        url=reverse("proposal", args=[proposal.pk]),
        design=revisions.design_of(head),
    )


def _of_stage(token: str, head: Revision, name: str) -> Chosen:
    view = _STAGES.get(head.digest, lambda: evolve(revisions.design_of(head))).view(name)
    url = reverse("stage", args=[head.plan.slug, name])
    return Chosen(token=token, title=head.plan.name, note=f"stage: {view.stage.title}", url=url, design=view.design)


def _of_search(user: User, token: str) -> Chosen:
    """A topology that a search found, while its answer is kept."""
    _, digest, key = (*token.split("."), "", "")[:3]
    inquiry = Inquiry.objects.filter(digest__startswith=digest).first() if len(digest) >= 20 else None
    design = plan_of(inquiry, key)
    asked_of = plans.seen_with(user, inquiry.revision.digest) if inquiry else None
    if asked_of is None or design is None:
        return _trouble(token, "Found", "", "This is no longer kept; search again.")
    url = reverse("cheapest", args=[asked_of.plan.slug])
    note = f"found for revision {asked_of.number}"
    return Chosen(token=token, title=f"{asked_of.plan.name}, cheapest", note=note, url=url, design=design)
