"""What a proposal changes, in words: by tier, with the use of each tier before and after."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from planner.contrasts import change_groups
from planner.covers import cover_of, sides_of
from planner.http import HtmxRequest, page
from planner.once import asked_once
from planner.pages.proposal import files
from planner.plans import proposal_for


@require_safe
@asked_once()
def changes(request: HtmxRequest, pk: int) -> HttpResponse:
    """Every change from one revision to the other."""
    proposal = proposal_for(request, pk)
    cover = cover_of(request, proposal, "proposal_changes")
    sides = sides_of(request, proposal, cover["revision"])
    groups = change_groups(*sides.designs, cover["said"])
    if (file := files.changes(request, proposal, groups)) is not None:
        return file
    context = {
        **cover,
        "sides": sides,
        "groups": groups,
        "has_uses": any(group.uses for group in groups),
    }
    return page(request, "planner/proposal_changes.html", context)


urlpatterns = [path("proposals/<int:pk>/changes/", changes, name="proposal_changes")]
