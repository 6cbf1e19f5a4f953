"""What is said of a proposal, over the API."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Status

from planner import plans
from planner.api.answers import REFUSALS, Problem
from planner.api.doors import COMMENT, READ, WRITE, once
from planner.api.shapes import CommentIn, CommentOut, DigestIn, Id, ThreadIn, ThreadOut
from planner.models import Suggestion, Thread
from planner.people import current
from planner.review import discussion
from topology.merging import edits_from_data

router = Router(tags=["discussion"])
REFUSED: dict[Any, Any] = {REFUSALS: Problem}


@router.get("/proposals/{pk}/threads/", auth=READ, response={200: list[ThreadOut], **REFUSED})
def list_threads(request: HttpRequest, pk: Id) -> list[ThreadOut]:
    """Every thread with what was said."""
    return [ThreadOut.of(thread) for thread in _threads().filter(proposal=plans.proposal_for(request, pk))]


@router.post("/proposals/{pk}/threads/", auth=COMMENT, response={201: ThreadOut, **REFUSED})
def start_thread(request: HttpRequest, pk: Id, sent: ThreadIn) -> Status[Any]:
    """Say something about a place, with a change of your own if you like. `Idempotency-Key` makes it happen once."""

    def work() -> Status[ThreadOut]:
        thread = discussion.start_thread(
            current(request),
            plans.proposal_for(request, pk),
            anchor=sent.anchor,
            text=sent.text,
            blocking=sent.blocking,
            edits=edits_from_data(sent.edits) if sent.edits else (),
        )
        return Status(201, ThreadOut.of(_threads().get(pk=thread.pk)))

    return once(request, work)


@router.post("/threads/{pk}/comments/", auth=COMMENT, response={201: CommentOut, **REFUSED})
def reply(request: HttpRequest, pk: Id, sent: CommentIn) -> Status[Any]:
    """Reply. `Idempotency-Key` makes it happen once."""

    def work() -> Status[CommentOut]:
        comment = discussion.reply(
            current(request),
            _thread(request, pk),
            text=sent.text,
            edits=edits_from_data(sent.edits) if sent.edits else (),
        )
        return Status(201, CommentOut.of(comment))

    return once(request, work)


@router.post("/threads/{pk}/resolve/", auth=COMMENT, response={200: ThreadOut, **REFUSED})
def resolve(request: HttpRequest, pk: Id) -> ThreadOut:
    """Call it settled."""
    discussion.resolve(current(request), _thread(request, pk))
    return ThreadOut.of(_thread(request, pk))


@router.post("/threads/{pk}/reopen/", auth=COMMENT, response={200: ThreadOut, **REFUSED})
def reopen_thread(request: HttpRequest, pk: Id) -> ThreadOut:
    """Call it unsettled again."""
    discussion.reopen_thread(current(request), _thread(request, pk))
    return ThreadOut.of(_thread(request, pk))


@router.post("/suggestions/{pk}/apply/", auth=WRITE, response={200: ThreadOut, **REFUSED})
def apply_suggestion(request: HttpRequest, pk: Id, sent: DigestIn) -> ThreadOut:
    """Make a suggested change the proposal's next revision; 409 where the head is another than you have seen."""
    found = Suggestion.objects.select_related("comment__thread__proposal").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no suggestion at this address.")
    thread = _thread(request, found.comment.thread_id)
    discussion.apply_suggestion(current(request), found, digest=sent.digest)
    return ThreadOut.of(_threads().get(pk=thread.pk))


def _threads() -> Any:
    return Thread.objects.select_related("revision", "proposal__plan").prefetch_related(
        "comments__author", "comments__suggestion"
    )


def _thread(request: HttpRequest, pk: int) -> Thread:
    found: Thread | None = _threads().filter(pk=pk).first()
    if found is None:
        raise Http404("There is no thread at this address.")
    plans.proposal_for(request, found.proposal_id)  # 404 for whoever may not look at it
    return found
