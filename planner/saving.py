"""How a page saves a design: a new revision, or both versions side by side where somebody else was first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from planner import autosaving
from planner.http import HtmxRequest, page
from planner.people import current
from planner.review import recording
from topology import document, revisions
from topology.design import Design
from topology.diff import compare
from topology.models import Plan
from topology.revisions import Conflict


def save(
    request: HtmxRequest, plan: Plan, design: Design, *, parent_digest: str | None, message: str, onward: str
) -> HttpResponse:
    """Record the design and go on to the address `onward`; 409 with both versions where the head has moved.

    A form that saves carries the digest of the revision it shows, and gives it back as `parent_digest`.
    """
    try:
        revision = recording.save(current(request), plan, design, parent_digest=parent_digest, message=message)
    except Conflict as conflict:
        return _both(request, plan, conflict, parent_digest, onward)
    autosaving.forget(current(request), plan)
    messages.success(request, f"Saved as revision {revision.number}: {revision.message}")
    return _go(request, onward)


def _go(request: HtmxRequest, onward: str) -> HttpResponse:
    return HttpResponseClientRedirect(onward) if request.htmx else redirect(onward)


def _both(request: HtmxRequest, plan: Plan, conflict: Conflict, parent_digest: str | None, onward: str) -> HttpResponse:
    response = page(request, "planner/conflict.html", _versions(plan, conflict, parent_digest, onward), status=409)
    # Both versions need the whole page, wherever in it htmx meant the answer to go.
    return reswap(retarget(response, "body"), "innerHTML")


def _versions(plan: Plan, conflict: Conflict, parent_digest: str | None, onward: str) -> dict[str, Any]:
    theirs = revisions.design_of(conflict.head)
    base = _base(plan, parent_digest)
    return {
        "plan": plan,
        "head": conflict.head,
        "message": conflict.message,
        "onward": onward,
        "mine_document": document.canonical(conflict.design).decode(),
        "mine_changes": compare(base, conflict.design).lines() if base else (),
        "theirs_changes": compare(base, theirs).lines() if base else (),
        "between": compare(theirs, conflict.design).lines(),
    }


def _base(plan: Plan, digest: str | None) -> Design | None:
    """The design that both versions came from."""
    # What a form gives back may be anything, and PostgreSQL takes no NUL.
    found = revisions.history(plan).filter(digest=digest).first() if (digest or "").isalnum() else None
    return revisions.load(plan, found.number) if found else None
