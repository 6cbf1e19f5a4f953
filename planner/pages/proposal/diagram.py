"""The picture of a proposal: before, both and after in one layout, and the same as a table."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from planner.contrasts import drawing_of, host_rows
from planner.covers import cover_of, sides_of
from planner.http import HtmxRequest, page
from planner.once import asked_once
from planner.pages.proposal import files
from planner.plans import proposal_for


@require_safe
@asked_once()
def diagram(request: HtmxRequest, pk: int) -> HttpResponse:
    """Both designs in one layout."""
    proposal = proposal_for(request, pk)
    cover = cover_of(request, proposal, "proposal_diagram")
    sides = sides_of(request, proposal, cover["revision"])
    drawing, trouble = drawing_of(*sides.designs)
    rows = host_rows(drawing, cover["said"])
    if (file := files.servers(request, proposal, rows)) is not None:
        return file
    context = {
        **cover,
        "sides": sides,
        "drawing": drawing,
        "trouble": trouble,
        "rows": rows,
    }
    return page(request, "planner/proposal_diagram.html", context)


urlpatterns = [path("proposals/<int:pk>/diagram/", diagram, name="proposal_diagram")]
