"""The decision paper of a proposal: one page for the person who pays, to be read on a screen or printed."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import markdown, tables
from planner.covers import WORDS
from planner.deciding import decision_paper, table_of
from planner.http import HtmxRequest, page
from planner.once import asked_once
from planner.plans import proposal_for

LONGEST_WHY = 600
"""Characters of the author's reasons for which the page has room; longer ones are on the proposal's own page."""


@require_safe
@asked_once()
def paper(request: HtmxRequest, pk: int) -> HttpResponse:
    """The paper as of today."""
    proposal = proposal_for(request, pk)
    found = decision_paper(proposal, today=timezone.localdate())
    file = tables.answer(request, f"{proposal.draft.slug}-figures", *table_of(found))
    if file is not None:
        return file
    request.steps_of = proposal.draft.slug
    context = {
        "paper": found,
        "proposal": proposal,
        "plan": proposal.plan,
        "revision": found.head,
        "state_word": WORDS[proposal.state],
        "why": markdown.render(proposal.why) if 0 < len(proposal.why.strip()) <= LONGEST_WHY else "",
    }
    return page(request, "planner/paper.html", context)


urlpatterns = [path("proposals/<int:pk>/print/", paper, name="proposal_paper")]
