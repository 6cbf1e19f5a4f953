"""The way in: try the demo, bring a log, type five numbers; and the plans that are there."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from planner.http import HtmxRequest, page
from planner.people import current
from planner.plans import changeable_by, heads, homes_of, show_demo


@require_safe
def start(request: HtmxRequest) -> HttpResponse:
    """Three ways in, and the plans."""
    user = current(request)
    context = {
        "heads": heads(user),
        "removed": heads(user, removed=True),
        "changeable": set(changeable_by(user).values_list("pk", flat=True)),
        "homeless": not homes_of(user),
    }
    return page(request, "planner/start.html", context)


@require_POST
def try_demo(request: HtmxRequest) -> HttpResponse:
    """Seed the demo where it is not there, and open it."""
    return redirect("stages", show_demo(current(request)).slug)


urlpatterns = [
    path("", start, name="start"),
    path("demo/", try_demo, name="demo"),
]
