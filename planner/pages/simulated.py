"""A what-if simulated request by request, beside what the formulas say of the same."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from planner import inquiries, simulating
from planner.charts.ranges import FIGURES, range_charts
from planner.http import HtmxRequest, page
from planner.models import Inquiry
from planner.varying import Asked, read, words_of
from topology import revisions
from topology.design import TierwrightError
from topology.models import Plan

SIMULATION = Inquiry.Kind.SIMULATION


@require_safe
def simulated(request: HtmxRequest, plan: str) -> HttpResponse:
    """What came of it, or how far it is; `seed` in the address asks for it."""
    found = get_object_or_404(Plan, slug=plan, head__gt=0)
    head = revisions.get(found)
    design = revisions.design_of(head)
    asked, seed = read(request.GET, design), _seed(request.GET)
    context: dict[str, Any] = {"plan": found, "revision": head, "asked": asked, "said": words_of(asked, design)}
    # Beside the knobs of the forecast page, a button asks for what they say then.
    context["offers"] = (request.htmx.current_url_abs_path or "").startswith(reverse("forecast", args=[plan]))
    if seed is not None:
        query = _query(asked, seed)
        context |= {"seed": seed, "next_seed": seed + 1, "query": query, **_answered(head, asked, seed)}
    return page(request, "planner/simulated.html", context, parts=("simulated",))


@require_POST
def again(request: HtmxRequest, plan: str) -> HttpResponse:
    """Simulate once more what ended without an answer."""
    found = get_object_or_404(Plan, slug=plan, head__gt=0)
    head = revisions.get(found)
    sent = QueryDict(request.POST.get("asked", "")[:10_000])
    asked, seed = read(sent, revisions.design_of(head)), _seed(sent) or simulating.SEED
    inquiries.begin(SIMULATION, head, simulating.asked_of(asked, seed))
    return redirect(f"{reverse('simulated', args=[plan])}?{_query(asked, seed)}")


def _answered(head: Any, asked: Asked, seed: int) -> dict[str, Any]:
    if says := simulating.refusal_of(asked):
        return {"refused": says}
    question = simulating.asked_of(asked, seed)
    try:
        inquiry = inquiries.find(SIMULATION, head, question) or inquiries.begin(SIMULATION, head, question)
    except TierwrightError as error:
        return {"refused": f"{error}."}
    if inquiry.state == Inquiry.State.REFUSED:
        return {"refused": f"{inquiry.refusal}."}
    answer = inquiry.answer
    context: dict[str, Any] = {"inquiry": inquiry, "running": inquiry.is_running, "answer": answer}
    if answer is not None:
        context |= {"charts": range_charts(answer), "figures": _figures(answer)}
    return context


def _figures(answer: dict[str, Any]) -> list[tuple[str, list[dict[str, float] | None]]]:
    """For the table: each figure as simulated, over the inputs, and by the formulas."""
    columns = (answer["latency_ms"], answer["over_inputs_ms"], answer["formulas"]["latency_ms"])
    rows = [(label, [column.get(name) for column in columns]) for name, label in FIGURES.items()]
    return [(label, cells) for label, cells in rows if any(cells)]


def _seed(sent: QueryDict) -> int | None:
    text = sent.get("seed", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _query(asked: Asked, seed: int) -> str:
    return "&".join(part for part in (asked.query, urlencode({"seed": seed})) if part)


urlpatterns = [
    path("plans/<slug:plan>/simulated/", simulated, name="simulated"),
    path("plans/<slug:plan>/simulated/again/", again, name="simulated_again"),
]
