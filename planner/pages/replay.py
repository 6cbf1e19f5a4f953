"""A deploy, a failover or a cold cache replayed request by request, for the forecast and on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from planner import inquiries, replaying
from planner.charts import replay_charts
from planner.http import HtmxRequest, page
from planner.models import Inquiry
from planner.people import current
from planner.plans import plan_for
from planner.varying import Asked, read, words_of
from topology import revisions
from topology.capacity import EpisodeName
from topology.models import Revision

EPISODE = Inquiry.Kind.EPISODE


@require_safe
def replay(request: HtmxRequest, plan: str, episode: str) -> HttpResponse:
    """What came of it, or how far it is."""
    name = _name(episode)
    found = plan_for(request, plan)
    head = revisions.get(found)
    design = revisions.design_of(head)
    asked = read(request.GET, design).alive
    context = {
        "plan": found,
        "revision": head,
        "asked": asked,
        "said": words_of(asked, design),
        "episode": name,
        "title": replaying.TITLES[name],
        **_answered(current(request), head, asked, name),
    }
    return page(request, "planner/replay.html", context, parts=("replay",))


@require_POST
def again(request: HtmxRequest, plan: str, episode: str) -> HttpResponse:
    """Replay once more what ended without an answer."""
    name = _name(episode)
    found = plan_for(request, plan)
    head = revisions.get(found)
    asked = read(QueryDict(request.POST.get("asked", "")[:10_000]), revisions.design_of(head)).alive
    inquiries.ask_anew(EPISODE, head, replaying.asked_of(asked, name), user=current(request))
    return redirect(f"{reverse('replay', args=[plan, name])}?{asked.query}")


def _name(episode: str) -> EpisodeName:
    name = replaying.episode_of(episode)
    if name is None:
        raise Http404
    return name


def _answered(user: User, head: Revision, asked: Asked, name: EpisodeName) -> dict[str, Any]:
    if asked.unsimulated:
        return {"refused": asked.unsimulated}
    context = inquiries.status_of(EPISODE, head, replaying.asked_of(asked, name), user=user)
    if answer := context.get("answer"):
        context["charts"] = replay_charts(answer)
    return context


urlpatterns = [
    path("plans/<slug:plan>/forecast/replay/<slug:episode>/", replay, name="replay"),
    path("plans/<slug:plan>/forecast/replay/<slug:episode>/again/", again, name="replay_again"),
]
