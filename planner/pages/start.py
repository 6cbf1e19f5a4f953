"""The way in: try the demo, bring a log, type five numbers; and the plans that are there."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from planner import demo, tables
from planner.http import HtmxRequest, page
from planner.people import current
from planner.plans import changeable_by, heads, homes_of
from topology.models import Revision

COLUMNS = ("plan", "name", "servers", "revision", "last_change", "saved", "digest")


@require_safe
def start(request: HtmxRequest) -> HttpResponse:
    """Three ways in, and the plans."""
    user = current(request)
    shown = heads(user)
    if (file := tables.answer(request, "plans", COLUMNS, map(_row, shown))) is not None:
        return file
    context = {
        "heads": shown,
        "removed": heads(user, removed=True),
        "changeable": set(changeable_by(user).values_list("pk", flat=True)),
        "homeless": not homes_of(user),
        "demo": demo.proposal(user),
    }
    return page(request, "planner/start.html", context)


def _row(head: Revision) -> tuple[object, ...]:
    return head.plan.slug, head.plan.name, head.servers, head.number, head.message, head.created_at, head.digest


@require_POST
def reset_demo(request: HtmxRequest) -> HttpResponse:
    """Let the demo begin again, where there is one person alone to try it."""
    if settings.ACCOUNTS:
        raise Http404("The demo of a team is a plan like any other; restore one of its revisions.")
    plan = demo.reset()
    messages.success(request, "The demo begins again. What was tried stays in its history.")
    return redirect("proposals", plan.slug)


@require_POST
def try_demo(request: HtmxRequest) -> HttpResponse:
    """Seed the demo where it is not there, and open it."""
    return redirect("stages", demo.show(current(request)).slug)


urlpatterns = [
    path("", start, name="start"),
    path("demo/", try_demo, name="demo"),
    path("demo/reset/", reset_demo, name="demo_reset"),
]
