"""The picture of a proposal: before, both and after in one layout, and the same as a table."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from planner.contrasts import drawing_of, host_rows
from planner.covers import comments_by_anchor, cover_of, sides_of
from planner.http import HtmxRequest, page
from planner.plans import proposal_for


@require_safe
def diagram(request: HtmxRequest, pk: int) -> HttpResponse:
    """Both designs in one layout."""
    proposal = proposal_for(request, pk)
    sides = sides_of(request, proposal)
    drawing, trouble = drawing_of(*sides.designs)
    context = {
        **cover_of(request, proposal, "proposal_diagram"),
        "sides": sides,
        "drawing": drawing,
        "trouble": trouble,
        "rows": host_rows(drawing, comments_by_anchor(proposal)),
    }
    return page(request, "planner/proposal_diagram.html", context)


urlpatterns = [path("proposals/<int:pk>/diagram/", diagram, name="proposal_diagram")]
