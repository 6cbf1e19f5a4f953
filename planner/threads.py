"""The threads of a proposal as pages show them: by place in the order of the design, carried to its newest revision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from planner.markdown import render
from planner.models import Comment, Membership, Proposal, Suggestion, Thread
from planner.people import name_of
from planner.plans import team_of
from planner.review.anchors import TITLES, Anchor, Carried, Sight, carry, parse
from planner.review.discussion import Voice, digest_of, why_not_block, why_not_mend, why_not_resolve
from planner.review.sights import sight_of
from planner.suggesting import fields_of
from topology.design import Design
from topology.errors import TierwrightError
from topology.merging import MISSING, Edit, PatchRefused, apply, edits_from_data, shown, told
from topology.models import Revision

SHOWS = ("open", "blocking", "mine", "outdated", "resolved")
"""What the page can be narrowed to; open is what it begins with."""
PER_PAGE = 40
"""Threads of one page."""
SHOWN_WHOLE, SHOWN_LAST = 12, 6
"""A thread of more comments than the first shows how it began and so many of the last; the rest is folded."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One statement of a suggested change."""

    what: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A suggested change, and whether it can be applied."""

    suggestion: Suggestion
    steps: tuple[Step, ...]
    why_not: str | None
    """Why it cannot be applied, by this person or by anybody."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A comment."""

    comment: Comment
    who: str
    html: SafeString
    digest: str
    why_not_mend: str | None
    earlier: tuple[tuple[object, SafeString], ...]
    """What it said before: until when, and the text."""
    offer: Offer | None

    @property
    def key(self) -> str:
        """Its number, for the names of its fields."""
        return str(self.comment.pk)


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A thread."""

    thread: Thread
    anchor: Anchor
    carried: Carried
    url: str
    """Where its place is shown; empty where nowhere."""
    said: tuple[Said, ...]
    why_not_resolve: str | None
    why_not_block: str | None
    may_suggest: bool
    """Whether a value stands at its place that could be another."""

    @property
    def key(self) -> str:
        """Its number, for the names of its fields."""
        return str(self.thread.pk)

    @property
    def title(self) -> str:
        """Its place in words, with a capital."""
        title = self.anchor.title if self.anchor.kind else "the whole of it"
        return title[:1].upper() + title[1:] if self.anchor.kind != "setting" else title

    @property
    def newest(self) -> int:
        """Id of the newest comment."""
        return self.said[-1].comment.pk if self.said else 0

    @property
    def beginning(self) -> tuple[Said, ...]:
        """What it begins with: all of a short thread."""
        return self.said[:1] if self.folded else self.said

    @property
    def folded(self) -> tuple[Said, ...]:
        """What lies between the beginning and the end of a long one."""
        return self.said[1:-SHOWN_LAST] if len(self.said) > SHOWN_WHOLE else ()

    @property
    def end(self) -> tuple[Said, ...]:
        """What a long one ends with."""
        return self.said[-SHOWN_LAST:] if self.folded else ()

    @property
    def is_moved(self) -> bool:
        """Whether its line has another number by now."""
        return self.carried.anchor.line != self.anchor.line


@dataclass(frozen=True, kw_only=True)
class Group:
    """Threads on places that belong together."""

    title: str
    talks: tuple[Talk, ...]


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a page of threads shows."""

    groups: tuple[Group, ...]
    counts: Mapping[str, int]
    """How many there are of each of SHOWS."""
    rows: Page[Carrying]
    newest: int
    """Id of the newest thread, shown or not."""


@dataclass(frozen=True, kw_only=True)
class Carrying:
    """A thread and where its place is now, before what is said in it is fetched."""

    thread: Thread
    anchor: Anchor
    carried: Carried
    order: tuple[int, int, int, str]
    title: str
    """Of its group."""
    is_mine: bool

    def is_shown(self, show: str) -> bool:
        """Whether it belongs to what the page is narrowed to."""
        if show == "resolved":
            return self.thread.resolved_at is not None
        if show == "mine":
            return self.is_mine
        if self.thread.resolved_at is not None:
            return False
        return {"blocking": self.thread.blocking, "outdated": self.carried.state == "gone"}.get(show, True)


def board_of(
    voice: Voice, proposal: Proposal, head: Revision, *, show: str = "open", anchor: str | None = None, page: str = "1"
) -> Board:
    """The threads that a page shows: those of `show`, or all that are on one place."""
    sight = sight_of(proposal, head)
    rows = sorted(_carrying(voice, proposal, sight), key=lambda row: row.order)
    counts = {name: sum(row.is_shown(name) for row in rows) for name in SHOWS}
    if anchor is None:
        wanted = [row for row in rows if row.is_shown(show)]
    else:
        wanted = [row for row in rows if anchor in (str(row.anchor), str(row.carried.anchor))]
    newest = max((row.thread.pk for row in rows), default=0)
    chosen = Paginator(wanted, PER_PAGE).get_page(page)
    return Board(groups=tuple(_groups(voice, proposal, sight, chosen)), counts=counts, rows=chosen, newest=newest)


def talk_of(voice: Voice, proposal: Proposal, head: Revision, thread: Thread) -> Talk:
    """One thread."""
    sight = sight_of(proposal, head)
    row = _row(thread, sight, _Places(sight.design), is_mine=False)
    return next(iter(_talks(voice, proposal, sight, [row])))


def said_by_place(proposal: Proposal, head: Revision) -> dict[str, int]:
    """How many comments stand in the open threads on each place, by its anchor on the newest revision."""
    sight = sight_of(proposal, head)
    found: dict[str, int] = {}
    for thread in proposal.threads.filter(resolved_at=None).annotate(said=Count("comments")):
        carried = carry(parse(thread.anchor), thread.quote, sight)
        if carried.state != "gone":
            found[str(carried.anchor)] = found.get(str(carried.anchor), 0) + thread.said
    return found


def address_of(anchor: Anchor, proposal: Proposal) -> str:
    """Where the place is shown; empty where nowhere."""
    draft = proposal.draft.slug
    try:
        match anchor.kind:
            case "server":
                return f"{reverse('proposal_diagram', args=[proposal.pk])}#row-server-{anchor.owner}"
            case "tier" | "setting":
                return f"{reverse('editor', args=[draft])}#tier-row-{anchor.owner}"
            case "file":
                return reverse("bundle_file", args=[draft, proposal.draft.head, anchor.owner, anchor.path])
            case "metric":
                return reverse("proposal", args=[proposal.pk])
            case "check":
                return f"{reverse('proposal_checks', args=[proposal.pk])}#check-{anchor.owner}"
    except NoReverseMatch:
        pass
    return ""


# --- Where each thread is ---------------------------------------------------------------------------------------------


class _Places:
    """The order of a design's places."""

    def __init__(self, design: Design) -> None:
        self._tiers = {tier.name: number for number, tier in enumerate(design.tiers)}
        self._hosts = {host.name: (number, host.tier) for number, host in enumerate(design.hosts)}

    def of(self, anchor: Anchor) -> tuple[tuple[int, int, int, str], str]:
        """The place's rank, and the title of the group that it belongs to."""
        if not anchor.kind:
            return (0, 0, 0, ""), "The proposal"
        if anchor.kind in ("metric", "check"):
            rank = list(TITLES).index(anchor.owner) if anchor.owner in TITLES else len(TITLES)
            group = (2, "Figures") if anchor.kind == "metric" else (3, "Checks")
            return (group[0], rank, 0, anchor.owner), group[1]
        number, tier = self._hosts.get(anchor.owner, (-1, anchor.owner))
        if tier not in self._tiers:
            return (4, 0, 0, str(anchor)), "No longer there"
        text = f"{anchor.kind == 'file'} {anchor.role} {anchor.setting} {anchor.path} {anchor.line or 0:07}"
        return (1, self._tiers[tier], number + 1, text), f"Tier {tier}"


def _carrying(voice: Voice, proposal: Proposal, sight: Sight) -> Iterator[Carrying]:
    places = _Places(sight.design)
    mine = Comment.objects.filter(thread=OuterRef("pk"), author=voice.user) if voice.user else Comment.objects.none()
    threads = proposal.threads.select_related("revision", "resolved_by").defer("revision__document")
    for thread in threads.annotate(is_mine=Exists(mine)):
        yield _row(thread, sight, places, is_mine=thread.is_mine)


def _row(thread: Thread, sight: Sight, places: _Places, *, is_mine: bool) -> Carrying:
    anchor = parse(thread.anchor)
    if thread.resolved_at is None:
        carried = carry(anchor, thread.quote, sight)
    else:
        # What is settled stays with the revision that it was about.
        carried = Carried(anchor=anchor, state="same", was=thread.quote, now=thread.quote)
    order, title = places.of(anchor)
    return Carrying(thread=thread, anchor=anchor, carried=carried, order=order, title=title, is_mine=is_mine)


# --- What is said in it -----------------------------------------------------------------------------------------------


def _groups(voice: Voice, proposal: Proposal, sight: Sight, rows: Iterable[Carrying]) -> Iterator[Group]:
    chosen = list(rows)
    talks = {talk.thread.pk: talk for talk in _talks(voice, proposal, sight, chosen)}
    for title, group in groupby(chosen, key=lambda row: row.title):
        yield Group(title=title, talks=tuple(talks[row.thread.pk] for row in group))


def _talks(voice: Voice, proposal: Proposal, sight: Sight, rows: Sequence[Carrying]) -> Iterator[Talk]:
    if not rows:
        return
    members = Membership.objects.filter(team=team_of(proposal.plan)).values_list("user__username", flat=True)
    handles = frozenset(members)
    said: dict[int, list[Comment]] = {}
    for comment in _comments().filter(thread__in=[row.thread.pk for row in rows]):
        said.setdefault(comment.thread_id, []).append(comment)
    for row in rows:
        comments = said.get(row.thread.pk, [])
        starter = comments[0].author_id if comments else None
        yield Talk(
            thread=row.thread,
            anchor=row.anchor,
            carried=row.carried,
            url=address_of(row.carried.anchor, proposal) if row.carried.state != "gone" else "",
            said=tuple(_said(voice, comment, handles, sight.design) for comment in comments),
            why_not_resolve=why_not_resolve(voice, row.thread, starter),
            why_not_block=why_not_block(voice, row.thread, starter),
            may_suggest=bool(fields_of(row.carried.anchor, sight)),
        )


def _comments() -> QuerySet[Comment]:
    offers = Prefetch("suggestion", Suggestion.objects.select_related("applied").defer("applied__document"))
    return Comment.objects.select_related("author").prefetch_related("versions", offers)


def _said(voice: Voice, comment: Comment, members: frozenset[str], design: Design) -> Said:
    suggestion: Suggestion | None = getattr(comment, "suggestion", None)
    return Said(
        comment=comment,
        who=name_of(comment.author) if comment.author else comment.guest,
        html=render(comment.text, members=members),
        digest=digest_of(comment.text),
        why_not_mend=why_not_mend(voice, comment),
        earlier=tuple((version.until, render(version.text, members=members)) for version in comment.versions.all()),
        offer=_offer(voice, suggestion, design) if suggestion else None,
    )


def _step(edit: Edit) -> Step:
    was, now = shown(edit.was), shown(edit.value)
    # A setting that a plan leaves out is not nothing: the component works it out.
    if edit.was is MISSING and not isinstance(edit.value, Mapping):
        was = "left out"
    if edit.value is MISSING and not isinstance(edit.was, Mapping):
        now = "left out"
    return Step(what=told(edit.path), was=was, now=now)


def _offer(voice: Voice, suggestion: Suggestion, design: Design) -> Offer:
    steps: tuple[Step, ...] = ()
    why_not = voice.why_not_edit
    try:
        edits = edits_from_data(suggestion.edits)
        steps = tuple(_step(edit) for edit in edits)
        if suggestion.applied_id is None and why_not is None:
            apply(design, edits)
    except PatchRefused as refusal:
        why_not = refusal.sentence
    except TierwrightError as refusal:
        why_not = str(refusal)
    return Offer(suggestion=suggestion, steps=steps, why_not=why_not)
