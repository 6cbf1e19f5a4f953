"""Two to four designs side by side at the same traffic: plans, revisions of them, their stages, or proposals."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import tables
from planner.between import Between, between_of, pair_of
from planner.chosen import MOST, Chosen, choose, offers, query_of, tokens_of
from planner.columns import asked_of, columns_of, lines_of, money_of, table_of
from planner.http import HtmxRequest, page
from planner.people import current
from planner.varying import TRAFFIC, factor_of


@require_safe
def compare(request: HtmxRequest) -> HttpResponse:
    """The figures of each design, and what is other than in the first; the slider moves them all."""
    tokens = tokens_of(request.GET)
    traffic = factor_of(request.GET.get("traffic", ""), TRAFFIC)
    user, wanted = current(request), request.GET.get("between", "")
    chosen = choose(user, tokens)
    asked = asked_of(chosen, traffic)
    columns = columns_of(chosen, asked)
    file = tables.answer(request, "comparison", *table_of(columns))
    if file is not None:
        return file
    is_part = bool(request.htmx) and request.htmx.target == "compared"
    money, currency = money_of(columns)
    query = _query(tokens, traffic)
    # What lies between two designs stays on the page while the slider moves, and goes with one of the two.
    stays = is_part and wanted != "" and request.GET.get("of") == pair_of(tokens, wanted)
    context: dict[str, Any] = {
        "columns": columns,
        "metrics": lines_of(columns),
        "money": money,
        "currency": currency,
        "query": query,
        "traffic": traffic,
        "traffic_ends": TRAFFIC,
        "peak": asked.now.peak.mid if asked.now else None,
        "shared": asked.says,
        "slots": [*chosen, *[None] * (MOST - len(chosen))],
        "offers": offers(user, chosen),
        "between": None if is_part else _between(request, chosen, wanted),
        "between_query": f"{query}&between={wanted}",
        "stays": stays,
    }
    response = page(request, "planner/compare.html", context, parts=("compared",))
    if is_part:
        response["HX-Replace-Url"] = f"{reverse('compare')}?{query}" + (f"&between={wanted}" if stays else "")
    return response


def _between(request: HtmxRequest, chosen: list[Chosen], wanted: str) -> Between | None:
    return between_of(chosen, wanted, request.GET.get("host", ""), today=timezone.localdate())


def _query(tokens: list[str], traffic: float) -> str:
    return urlencode(query_of(tokens) + ([("traffic", f"{traffic:g}")] if traffic != 1 else []))


urlpatterns = [path("compare/", compare, name="compare")]
