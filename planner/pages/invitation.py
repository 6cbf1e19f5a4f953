"""The link of an invitation: it says who asks, and lets the person whose address it is take the place."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from planner import inviting
from planner.accounts import admit
from planner.http import HtmxRequest, page
from planner.people import current

OVER = (
    "This link is not good, or not any more: an invitation works once, for seven days, and only its newest link does."
    " Ask whoever invited you for another."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HtmxRequest, token: str) -> HttpResponse:
    """Show who asks into which team; POST takes the place."""
    now = timezone.now()
    found = inviting.find(token, now=now) if settings.ACCOUNTS else None
    if found is None:
        raise Http404(OVER)
    if not request.user.is_authenticated:
        admit(request, found)
        return page(request, "planner/invitation.html", {"invitation": found, "here": request.path})
    user = current(request)
    if request.method == "POST":
        place = inviting.accept(user, found, now=now)
        messages.success(request, f"You are in {place.team.name} now.")
        return redirect("team", place.team.slug)
    context = {"invitation": found, "why_not": inviting.why_not_accept(user, found), "here": request.path}
    return page(request, "planner/invitation.html", context)


urlpatterns = [path("invitations/<str:token>/", invitation, name="invitation")]
