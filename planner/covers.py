"""What every page of a proposal shows above its own content: the sentence, the state, the tabs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from planner import plans
from planner.http import HtmxRequest
from planner.keeping import Kept
from planner.models import Proposal, State
from planner.packed import stood
from topology import revisions
from topology.design import Design, TierwrightError
from topology.diff import compare
from topology.models import Revision
from topology.weighing import Weighing, weigh_standing

TABS = (
    ("proposal", "Overview"), ("proposal_diagram", "Diagram"), ("proposal_changes", "Changes"),
    ("proposal_configs", "Configs"), ("proposal_checks", "Checks"), ("discussion", "Discussion"),
    ("proposal_history", "History"),
)  # fmt: skip
WORDS: dict[str, str] = {
    State.DRAFT: "plain", State.IN_REVIEW: "plain", State.CHANGES_REQUESTED: "warn", State.APPROVED: "good",
    State.ACCEPTED: "good", State.WITHDRAWN: "plain", State.SUPERSEDED: "plain",
}  # fmt: skip
"""The colour of each state's badge; the badge says it in words too."""
DEEDS = {
    "propose": "proposed it", "open_review": "asked for review", "request_changes": "asked for changes",
    "approve": "approved", "rescind": "took back a yes", "withdraw": "withdrew it", "reopen": "opened it again",
    "supersede": "let another take its place", "update": "brought it up to the baseline", "accept": "accepted it",
    "break_glass": "broke the glass", "waive_check": "took on a failing check", "edit_words": "changed its words",
    "edit": "changed the design", "comment": "said something", "start_thread": "began a talk", "reply": "replied",
    "resolve": "resolved a talk", "reopen_thread": "opened a talk again", "suggest": "suggested a change",
    "apply_suggestion": "applied a suggestion", "edit_comment": "edited a comment",
    "add_evidence": "added evidence", "set_blocking": "made a talk blocking, or not",
}  # fmt: skip
"""What each verb of the audit says after a name."""
_WEIGHED: Kept[tuple[str, str, date, int], Weighing] = Kept(most=128)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A page of the proposal, as its row of tabs shows it."""

    title: str
    url: str
    current: bool
    number: int | None = None
    """How many there are of what it lists."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The two revisions that a page holds against each other: by default what it was cut from, and the newest."""

    before: Revision
    after: Revision
    is_whole: bool
    """Whether they are those two, so that all of the proposal is shown."""

    @property
    def designs(self) -> tuple[Design, Design]:
        """Both designs."""
        return revisions.design_of(self.before), revisions.design_of(self.after)


def cover_of(request: HtmxRequest, proposal: Proposal, current: str, *, head: Revision | None = None) -> dict[str, Any]:
    """Context that the head of each tab needs; `current` is the URL name of the tab."""
    head = head or revisions.get(proposal.draft)
    said, talks = _talks(proposal)
    weighing, trouble = weighed(proposal, head)
    # The steps in the head of the page lead to the draft: its editor, its forecast, its bundle.
    request.steps_of = proposal.draft.slug
    return {
        "proposal": proposal,
        "plan": proposal.plan,
        "draft": proposal.draft,
        "revision": head,
        "state_word": WORDS[proposal.state],
        "is_behind": proposal.is_open and proposal.plan.head > proposal.base.number,
        "weighing": weighing,
        "weighing_trouble": trouble,
        "tabs": list(_tabs(proposal, head, current, talks)),
        "said": said,
        "numbers": list(range(head.number, 0, -1)),
        "discussion_url": address("discussion", proposal),
    }


def weighed(proposal: Proposal, head: Revision) -> tuple[Weighing | None, str]:
    """What the proposal means in numbers, or why that cannot be told."""
    today, team = timezone.localdate(), plans.team_of(proposal.plan)
    try:
        return _weigh(proposal.base, head, today, team.lead_days), ""
    except TierwrightError as error:
        return None, error.sentence


def sides_of(request: HtmxRequest, proposal: Proposal, head: Revision) -> Sides:
    """What `?from=2&to=4` names: revisions of the draft; anything else is the whole proposal."""
    before = _named(proposal, request.GET.get("from", ""))
    after = _named(proposal, request.GET.get("to", "")) or head
    return Sides(before=before or proposal.base, after=after, is_whole=before is None and after.pk == head.pk)


def _talks(proposal: Proposal) -> tuple[dict[str, int], int]:
    """How much is said at each place, and how many threads are open."""
    rows = proposal.threads.values_list("anchor").annotate(
        said=Count("comments"), open=Count("pk", filter=Q(resolved_at=None), distinct=True)
    )
    found = list(rows.order_by("anchor"))
    return {anchor: said for anchor, said, _ in found}, sum(number for _, _, number in found)


def _named(proposal: Proposal, number: str) -> Revision | None:
    wanted = int(number) if number.isdecimal() and len(number) < 9 else 0
    return Revision.objects.select_related("plan").filter(plan=proposal.draft, number=wanted).first()


def _weigh(base: Revision, head: Revision, today: date, lead_days: int) -> Weighing:
    key = (base.digest, head.digest, today, lead_days)
    old, new = (stood(revisions.design_of(revision)) for revision in (base, head))
    return _WEIGHED.get(key, lambda: weigh_standing(old, new, today=today, lead_days=lead_days))


def _tabs(proposal: Proposal, head: Revision, current: str, talks: int) -> Iterator[Tab]:
    changes = len(compare(revisions.design_of(proposal.base), revisions.design_of(head)).changes)
    numbers = {"proposal_changes": changes, "discussion": talks, "proposal_history": head.number}
    for name, title in TABS:
        url = address(name, proposal)
        if url:
            yield Tab(title=title, url=url, current=name == current, number=numbers.get(name))


def address(name: str, proposal: Proposal) -> str:
    """The address of a page of the proposal; empty where the site has no such page."""
    try:
        return reverse(name, args=[proposal.pk])
    except NoReverseMatch:
        return ""
