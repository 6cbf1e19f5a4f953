"""Your turn: what waits for the person, what waits for others, and what was decided lately."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from planner import tables
from planner.http import HtmxRequest, page
from planner.people import current
from planner.review import queue as queues
from planner.review.queue import Item

COLUMNS = ("group", "proposal", "plan", "title", "author", "state", "says", "touched")


@require_safe
def queue(request: HtmxRequest) -> HttpResponse:
    """The person's queue."""
    found = queues.of(current(request))
    groups = (
        ("yours", "Your turn", found.yours),
        ("waiting", "Waiting for others", found.waiting),
        ("others", "Also open in your teams", found.others),
        ("lately", "Decided lately", found.lately),
    )
    file = tables.answer(request, "queue", COLUMNS, [_row(name, item) for name, _, items in groups for item in items])
    return file or page(request, "planner/queue.html", {"groups": groups, "queue": found})


def _row(group: str, item: Item) -> tuple[object, ...]:
    proposal = item.proposal
    return (
        group, proposal.pk, proposal.plan.slug, proposal.title, proposal.author.username, proposal.state,
        "; ".join(item.says), proposal.updated_at,
    )  # fmt: skip


urlpatterns = [path("queue/", queue, name="queue")]
