"""What the person is told of: notices, the newest first, and marking them as seen."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from planner import notices as told
from planner.http import HtmxRequest, page
from planner.people import current

A_PAGE = 50


@require_safe
def notices(request: HtmxRequest) -> HttpResponse:
    """A page of them."""
    rows = Paginator(told.of(current(request)), A_PAGE).get_page(request.GET.get("page"))
    return page(request, "planner/notices.html", {"rows": rows})


@require_POST
def see(request: HtmxRequest) -> HttpResponse:
    """Mark one as seen, or all, and go on."""
    wanted = request.POST.get("notice", "")
    told.see(current(request), pk=int(wanted) if wanted.isdecimal() and len(wanted) < 19 else None)
    return redirect("notices")


urlpatterns = [
    path("notices/", notices, name="notices"),
    path("notices/seen/", see, name="notices_seen"),
]
