"""Two to four designs side by side at the same traffic: plans, revisions of them, their stages, or proposals."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from planner import tables
from planner.chosen import MOST, choose, offers, query_of, tokens_of
from planner.columns import asked_of, columns_of, lines_of, money_of, table_of
from planner.http import HtmxRequest, page
from planner.people import current
from planner.varying import TRAFFIC, factor_of


@require_safe
def compare(request: HtmxRequest) -> HttpResponse:
    """The figures of each design, and what is other than in the first; the slider moves them all."""
    tokens = tokens_of(request.GET)
    traffic = factor_of(request.GET.get("traffic", ""), TRAFFIC)
    user = current(request)
    chosen = choose(user, tokens)
    asked = asked_of(chosen, traffic)
    columns = columns_of(chosen, asked)
    file = tables.answer(request, "comparison", *table_of(columns))
    if file is not None:
        return file
    query = urlencode(query_of(tokens) + ([("traffic", f"{traffic:g}")] if traffic != 1 else []))
    money, currency = money_of(columns)
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
    }
    response = page(request, "planner/compare.html", context, parts=("compared",))
    if request.htmx and request.htmx.target == "compared":
        response["HX-Replace-Url"] = f"{reverse('compare')}?{query}"
    return response


urlpatterns = [path("compare/", compare, name="compare")]
