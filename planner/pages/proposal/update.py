"""Bringing a proposal up to the baseline: by itself where the two go together, else field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from planner.covers import cover_of
from planner.http import HtmxRequest, page
from planner.models import Proposal
from planner.people import current
from planner.plans import proposal_for
from planner.review import actions
from planner.review.standing import standing
from topology import plain_yaml, revisions
from topology.merging import MISSING, FieldConflict, Merged, shown, told

PREFIX = "choice:"


@dataclass(frozen=True, kw_only=True)
class Field:
    """A place that both changed, as the form shows it."""

    name: str
    """Of its two radio buttons."""
    title: str
    says: str
    base: str
    mine: str
    theirs: str
    chosen: str


@require_POST
def update(request: HtmxRequest, pk: int) -> HttpResponse:
    """Merge; where somebody has to decide nothing is stored, and the page shows each place with both sides."""
    proposal = proposal_for(request, pk)
    choices = {key.removeprefix(PREFIX): str(request.POST[key]) for key in request.POST if key.startswith(PREFIX)}
    seen = {name: request.POST.get(name) for name in ("digest", "target_digest")}
    merged = actions.update(current(request), proposal, choices=choices, **seen)
    if merged.design is not None:
        messages.success(request, _says(merged))
        return redirect("proposal", pk)
    return _ask(request, proposal, merged, choices)


def _says(merged: Merged) -> str:
    number = len(merged.from_theirs)
    if not number:
        return "It is up to the baseline; nothing of the draft had to change."
    return f"It is up to the baseline: {number} change{'' if number == 1 else 's'} of the plan came in."


def _ask(request: HtmxRequest, proposal: Proposal, merged: Merged, choices: Mapping[str, str]) -> HttpResponse:
    behind = standing(proposal, today=timezone.localdate()).behind
    every = {one.path: one for one in (*(behind.conflicts if behind else ()), *merged.conflicts)}
    context = {
        **cover_of(request, proposal, "proposal"),
        "target": revisions.get(proposal.plan),
        "fields": [_field(one, choices.get(one.path, "")) for one in every.values()],
        "left": len(merged.conflicts),
        "problems": merged.problems,
        "taken": [told(path) for path in merged.from_theirs],
        "is_again": bool(choices),
    }
    return page(request, "planner/proposal_update.html", context, status=409)


def _field(conflict: FieldConflict, chosen: str) -> Field:
    title = told(conflict.path)
    return Field(
        name=f"{PREFIX}{conflict.path}",
        title=title[:1].upper() + title[1:],
        says=conflict.says,
        base=_written(conflict.base),
        mine=_written(conflict.mine),
        theirs=_written(conflict.theirs),
        chosen=chosen if chosen in ("mine", "theirs") else "",
    )


def _written(value: Any) -> str:
    if value is MISSING:
        return "not there"
    if isinstance(value, dict | list):
        return plain_yaml.write(value).rstrip()
    return shown(value)


urlpatterns = [path("proposals/<int:pk>/update/", update, name="update")]
