"""The first page of a proposal: the sentence, what lacks, the figures, the approvals, and what one may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import markdown
from planner.covers import DEEDS, address, cover_of, weighed
from planner.http import HtmxRequest, page
from planner.models import Proposal, State
from planner.once import asked_once
from planner.pages.proposal import files
from planner.pages.proposal.checks import OUTCOMES
from planner.people import current
from planner.plans import proposal_for, team_of
from planner.review import policies
from planner.review.ballots import choices_for
from planner.review.standing import Standing, sealed_or_trouble, standing
from planner.review.states import BY_VERB, OPEN
from planner.review.visits import Since, look
from topology.weighing import MetricRow, Weighing

ASKS: Mapping[str, tuple[str, str, int]] = {
    "request_changes": ("note", "What has to change", 300),
    "break_glass": ("reason", "Why this cannot wait for what the rules ask; everybody will read it", 1000),
}
"""Verbs that need words: the field, its label, and how long it may be."""
QUIET = ("rescind", "withdraw", "supersede", "break_glass", "reopen")
"""Verbs that are nobody's business but theirs who may: others are not told that they may not."""
ORDER = (
    "open_review", "accept", "update", "request_changes", "rescind", "reopen", "withdraw", "supersede", "break_glass",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Act:
    """A button of the page."""

    verb: str
    title: str
    url: str
    why_not: str | None
    look: str
    asks: tuple[str, str, int] | None = None


@require_safe
@asked_once()
def overview(request: HtmxRequest, pk: int) -> HttpResponse:
    """The proposal as it stands; what is new to the person is told, and they then have seen it."""
    proposal = proposal_for(request, pk)
    if (file := _file(request, proposal)) is not None:
        return file
    since = look(current(request), proposal, at=timezone.now()) if request.method == "GET" else None
    return answer(request, proposal, since=since)


def _file(request: HtmxRequest, proposal: Proposal) -> HttpResponse | None:
    if "format" not in request.GET:
        return None
    found = standing(proposal, today=timezone.localdate())
    return files.overview(request, proposal, weighed(proposal, found.head)[0], found.areas)


def answer(
    request: HtmxRequest, proposal: Proposal, *, since: Since | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The page; `trouble` is a refusal, `refused` the verb whose form comes back with what was typed."""
    with asked_once():
        return page(request, "planner/proposal.html", _context(request, proposal, since) | more, status=status)


def _context(request: HtmxRequest, proposal: Proposal, since: Since | None) -> dict[str, Any]:
    user, now = current(request), timezone.now()
    found = standing(proposal, today=timezone.localdate(now))
    reasons, cover = policies.reasons(user, proposal, found), cover_of(request, proposal, "proposal", head=found.head)
    return {
        **cover,
        "standing": found,
        "is_behind": found.behind is not None and proposal.is_open,
        "reasons": reasons,
        "acts": [act for act in _acts(proposal, reasons) if _is_worth_showing(act, proposal, found)],
        "lacks": list(_lacks(proposal, found)),
        "only_files": _only_files(proposal, found),
        "choices": choices_for(user, proposal, found),
        "gave": any(approval.user_id == user.pk for area in found.areas for approval in area.good),
        "checks": [(row, OUTCOMES[row.outcome]) for row in found.checks],
        "why": markdown.render(proposal.why, members=_handles(proposal)),
        "figures": _figures(cover["weighing"], cover["said"]),
        "news": [(event, DEEDS.get(event.verb, event.verb)) for event in (since.events if since else ())],
        "since": since,
        "today": timezone.localdate(now),
        "typed": request.POST,
    }


def _acts(proposal: Proposal, reasons: Mapping[str, str | None]) -> Iterator[Act]:
    for verb in ORDER:
        yield Act(
            verb=verb,
            title=BY_VERB[verb].title,
            url=reverse(verb, args=[proposal.pk]),
            why_not=reasons[verb],
            look=_look(verb, reasons),
            asks=ASKS.get(verb),
        )


def _look(verb: str, reasons: Mapping[str, str | None]) -> str:
    """One button at most is the first thing to do."""
    if verb == "break_glass":
        return "btn-danger-plain"
    first = next((each for each in ("accept", "open_review", "reopen") if reasons[each] is None), "")
    return "btn-primary" if verb == first else "btn-plain"


def _is_worth_showing(act: Act, proposal: Proposal, found: Standing) -> bool:
    """Not what this state never allows, but for accepting: everybody is to see what that still needs."""
    if act.verb == "update":
        return found.behind is not None and proposal.is_open
    if act.verb in QUIET and act.why_not:
        return False
    if act.verb == "accept":
        return proposal.state in OPEN
    return State(proposal.state) in BY_VERB[act.verb].after


def _lacks(proposal: Proposal, found: Standing) -> Iterator[tuple[str, tuple[str, str]]]:
    """What lacks, each with the place where something can be done about it: its address and what the link says."""
    checked, talk = reverse("proposal_checks", args=[proposal.pk]), address("discussion", proposal)
    for says in found.missing:
        row = next((row for row in found.checks if says.startswith(f"{row.title}:")), None)
        if row is not None:
            yield says, (f"{checked}#check-{row.name}", "the check")
        elif found.blocking and "thread" in says and talk:
            yield says, (talk, "the discussion")
        elif says.startswith("The baseline"):
            yield says, ("#behind-title", "what it changed")
        elif found.areas:
            yield says, ("#areas-title", "the approvals")
        else:
            yield says, (reverse("editor", args=[proposal.draft.slug]), "the editor")


def _only_files(proposal: Proposal, found: Standing) -> frozenset[str]:
    """Areas that nobody changed, whose servers get other files because of what changes elsewhere."""
    before, after = (sealed_or_trouble(revision)[0].areas for revision in (proposal.base, found.head))
    names = (area.name for area in found.areas if area.name in before and area.name in after)
    return frozenset(name for name in names if before[name].seal.design == after[name].seal.design)


def _figures(weighing: Weighing | None, said: Mapping[str, int]) -> list[tuple[MetricRow, int]]:
    """The rows of the table, each with how much is said of it."""
    return [(row, said.get(f"metric:{row.key}", 0)) for row in (weighing.rows if weighing else ())]


def _handles(proposal: Proposal) -> list[str]:
    """Whom the reasons may call; asked only where they call somebody."""
    if "@" not in proposal.why:
        return []
    return list(team_of(proposal.plan).memberships.values_list("user__username", flat=True))


urlpatterns = [path("proposals/<int:pk>/", overview, name="proposal")]
