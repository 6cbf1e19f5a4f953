"""A what-if simulated request by request, beside what the formulas say of the same."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from planner import inquiries, simulating
from planner.charts import range_charts, range_rows
from planner.http import HtmxRequest, page
from planner.models import Inquiry
from planner.people import current
from planner.plans import plan_for
from planner.varying import Asked, read, words_of
from topology import revisions
from topology.models import Revision

SIMULATION = Inquiry.Kind.SIMULATION


@require_safe
def simulated(request: HtmxRequest, plan: str) -> HttpResponse:
    """What came of it, or how far it is; `seed` in the address asks for it."""
    found = plan_for(request, plan)
    head = revisions.get(found)
    design = revisions.design_of(head)
    asked, seed = read(request.GET, design), _seed(request.GET)
    context: dict[str, Any] = {"plan": found, "revision": head, "asked": asked, "said": words_of(asked, design)}
    # Beside the knobs of the forecast page, a button asks for what they say then.
    context["offers"] = (request.htmx.current_url_abs_path or "").startswith(reverse("forecast", args=[plan]))
    if seed is not None:
        query = _query(asked, seed)
        context |= {
            "seed": seed,
            "next_seed": seed + 1,
            "query": query,
            **_answered(current(request), head, asked, seed),
        }
    return page(request, "planner/simulated.html", context, parts=("simulated",))


@require_POST
def again(request: HtmxRequest, plan: str) -> HttpResponse:
    """Simulate once more what ended without an answer."""
    found = plan_for(request, plan)
    head = revisions.get(found)
    sent = QueryDict(request.POST.get("asked", "")[:10_000])
    asked, seed = read(sent, revisions.design_of(head)), _seed(sent) or simulating.SEED
    inquiries.ask_anew(SIMULATION, head, simulating.asked_of(asked, seed), user=current(request))
    return redirect(f"{reverse('simulated', args=[plan])}?{_query(asked, seed)}")


def _answered(user: User, head: Revision, asked: Asked, seed: int) -> dict[str, Any]:
    if asked.unsimulated:
        return {"refused": asked.unsimulated}
    context = inquiries.status_of(SIMULATION, head, simulating.asked_of(asked, seed), user=user)
    if answer := context.get("answer"):
        context |= {"charts": range_charts(answer), "figures": range_rows(answer)}
    return context


def _seed(sent: QueryDict) -> int | None:
    text = sent.get("seed", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _query(asked: Asked, seed: int) -> str:
    return "&".join(part for part in (asked.query, urlencode({"seed": seed})) if part)


urlpatterns = [
    path("plans/<slug:plan>/simulated/", simulated, name="simulated"),
    path("plans/<slug:plan>/simulated/again/", again, name="simulated_again"),
]
