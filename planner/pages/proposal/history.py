"""What became of a proposal: its revisions and everything that was done to it, merged in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from planner import tables
from planner.covers import DEEDS, cover_of
from planner.http import HtmxRequest, page
from planner.models import Event, Proposal
from planner.once import asked_once
from planner.people import current
from planner.plans import proposal_for
from planner.review import policies
from topology import revisions
from topology.areas import title_of
from topology.models import Revision

MOST = 500
COLUMNS = ("at", "who", "event", "verb", "says", "detail", "revision", "digest")
LOUD = {"break_glass": "bad", "request_changes": "warn", "approve": "good", "accept": "good", "stale": "warn"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the history: an event, a revision, or both where one brought the other."""

    at: datetime
    who: str
    says: str
    detail: str = ""
    colour: str = "plain"
    revision: Revision | None = None
    event: Event | None = None


@require_safe
@asked_once()
def history(request: HtmxRequest, pk: int) -> HttpResponse:
    """The newest first; any two revisions can be held against each other."""
    proposal = proposal_for(request, pk)
    entries = sorted(_entries(proposal), key=lambda entry: entry.at, reverse=True)
    file = tables.answer(request, f"{proposal.draft.slug}-history", COLUMNS, map(_row, entries))
    if file is not None:
        return file
    context = {
        **cover_of(request, proposal, "proposal_history"),
        "entries": entries,
        "numbers": list(range(proposal.draft.head, 0, -1)),
        "why_not_edit": policies.why_not_edit(current(request), proposal),
    }
    return page(request, "planner/proposal_history.html", context)


def _row(entry: Entry) -> tuple[Any, ...]:
    event, revision = entry.event, entry.revision
    named = (event.number, event.verb) if event else (None, None)
    made = (revision.number, revision.digest) if revision else (None, None)
    return entry.at, entry.who, *named, entry.says, entry.detail, *made


def _entries(proposal: Proposal) -> Iterator[Entry]:
    made = {revision.number: revision for revision in revisions.history(proposal.draft)[:MOST]}
    for event in Event.objects.filter(proposal=proposal.pk).order_by("-number")[:MOST]:
        # Looking the revision up takes it off the list, so that what an event tells of stands once.
        revision = made.pop(int(event.data.get("revision", 0)), None) if event.verb in BRINGING else None
        yield Entry(
            at=event.at,
            who=event.actor,
            says=DEEDS.get(event.verb, event.verb.replace("_", " ")),
            detail=_detail(event, revision),
            colour=LOUD.get(event.verb, "plain"),
            revision=revision,
            event=event,
        )
    for revision in made.values():
        yield Entry(
            at=revision.created_at, who=revision.author, says="saved", detail=revision.message, revision=revision
        )  # fmt: skip


BRINGING = frozenset({"edit", "update", "apply_suggestion"})
"""Events that a revision of the draft came with."""


def _detail(event: Event, revision: Revision | None) -> str:
    if revision is not None:
        return revision.message
    said = (event.data.get(key) for key in ("note", "reason", "title", "says"))
    areas = event.data.get("areas")
    listed = ", ".join(title_of(str(area)) for area in areas) if isinstance(areas, list | dict) else ""
    return " · ".join(str(part) for part in (listed, *said) if part)


urlpatterns = [path("proposals/<int:pk>/history/", history, name="proposal_history")]
