"""The papers of docs/, served as they stand in the tree, with their pictures."""

from __future__ import annotations

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from planner import papers
from planner.http import HtmxRequest, page


@require_safe
def docs(request: HtmxRequest, paper: str = "") -> HttpResponseBase:
    """One paper; the first one is the contents."""
    found = papers.papers().get(paper)
    if found is None:
        raise Http404("There is no paper of this name; the contents are at /docs/.")
    shown = papers.read(found)
    context = {"paper": shown, "is_contents": not paper, "below": papers.unnamed_below(paper, shown)}
    return page(request, "planner/docs.html", context)


@require_safe
def picture(request: HtmxRequest, name: str) -> HttpResponseBase:
    """A picture of the papers."""
    found = papers.pictures().get(name)
    if found is None:
        raise Http404("There is no picture of this name.")
    return FileResponse(found.open("rb"), content_type=papers.PICTURES[found.suffix])


urlpatterns = [
    path("docs/", docs, name="docs"),
    path("docs/img/<str:name>", picture, name="picture"),
    path("docs/<path:paper>/", docs, name="paper"),
]
