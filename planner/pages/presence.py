"""Who else is here: a page asks every ten seconds, and says by it that its reader is there."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from planner import presence as here
from planner.http import HtmxRequest, part
from planner.people import current
from planner.plans import plan_for


@require_POST
def presence(request: HtmxRequest, plan: str) -> HttpResponse:
    """Say that the person is here; who else is."""
    found = plan_for(request, plan)
    others = here.ping(current(request), found, doing=request.POST.get("doing", ""), now=timezone.now())
    return part(request, "parts/presence.html", {"others": others, "plan": found, "doing": request.POST.get("doing")})


urlpatterns = [path("plans/<slug:plan>/here/", presence, name="presence")]
