"""What is looked at before a proposal may be accepted, row by row, with the evidence for each."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner.covers import cover_of
from planner.http import HtmxRequest, page
from planner.models import Proposal
from planner.once import asked_once
from planner.pages.proposal import files
from planner.people import current
from planner.plans import proposal_for
from planner.review import policies
from planner.review.standing import standing

OUTCOMES = {
    "pass": ("good", "passes"), "fail": ("bad", "fails"), "waived": ("warn", "taken on"),
    "unknown": ("plain", "not known"), "running": ("plain", "running"),
}  # fmt: skip
"""Colour and word of each outcome."""
MORE = {
    "findings": ("findings", "Every finding"), "validation": ("bundle", "The bundle"),
    "loss_of_one": ("forecast", "What if"), "promise": ("forecast", "What if"),
}  # fmt: skip
"""The page of the draft that says more of a check: its URL name and its title."""


@require_safe
@asked_once()
def checks(request: HtmxRequest, pk: int) -> HttpResponse:
    """Every check of the newest revision."""
    proposal = proposal_for(request, pk)
    if "format" in request.GET:
        found = standing(proposal, today=timezone.localdate())
        return files.checks(request, proposal, found.checks) or answer(request, proposal)
    return answer(request, proposal)


def answer(
    request: HtmxRequest, proposal: Proposal, *, trouble: str = "", refused: str = "", status: int = 200
) -> HttpResponse:
    """The page; `refused` names the check whose form comes back with what was typed."""
    found = standing(proposal, today=timezone.localdate())
    cover = cover_of(request, proposal, "proposal_checks", head=found.head)
    said = cover["said"]
    context = {
        **cover,
        "standing": found,
        "rows": [
            {"row": row, "word": OUTCOMES[row.outcome], "more": MORE.get(row.name), "anchor": f"check:{row.name}",
             "comments": said.get(f"check:{row.name}", 0)}
            for row in found.checks
        ],
        "why_not": policies.why_not_move(current(request), proposal, "waive_check"),
        "trouble": trouble,
        "refused": refused,
        "typed": request.POST.get("reason", ""),
    }  # fmt: skip
    return page(request, "planner/proposal_checks.html", context, status=status)


urlpatterns = [path("proposals/<int:pk>/checks/", checks, name="proposal_checks")]
