"""Numbers, bars and words in templates: `{% load figures %}`."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from planner import charts, figures
from planner.metrics import Difference, Metric
from topology.capacity import Number
from topology.value import Estimate

register = template.Library()

register.filter("figure", figures.figure)
register.filter("percent", figures.percent)
register.filter("nines", figures.nines)
register.filter("count", figures.count)
register.filter("size", figures.size)
register.filter("duration", figures.duration)
register.filter("moment", figures.moment)
register.filter("written", figures.written)

_TICKED = re.compile(r"`([^`\n]+)`")


@register.filter
def ticked(says: str) -> SafeString:
    """A sentence with what stands `between ticks` set as code, as it is in the docstrings and answers it comes from."""
    return mark_safe(_TICKED.sub(r"<code>\1</code>", conditional_escape(says)))


@register.inclusion_tag("parts/number.html")
def number(
    amount: Number | Estimate | float, unit: str = "", basis: str = "", mark: bool = True, span: bool = True
) -> dict[str, Any]:
    """A number with its unit, its range and where it comes from.

    `{% number forecast.capacity_rps %}`, `{% number workload.peak "1/s" %}`, `{% number 12 "MiB" "given" %}`.
    `mark=False` leaves the provenance out, `span=False` the range.
    """
    return {"shown": figures.shown(amount, unit=unit, basis=basis), "mark": mark, "span": span}


@register.inclusion_tag("parts/headroom.html")
def headroom(used: Number | Estimate | float, what: str = "", limit: float | None = None) -> dict[str, Any]:
    """A bar of the share in use, 0 to 1, with its range; `what` names it for those who do not see it.

    `limit` is the share that a promise allows: above it the bar is tight; above 1 it is over.
    """
    return {"bar": charts.bar(used, limit=limit), "shown": figures.shown(used, unit="share"), "what": what}


@register.inclusion_tag("parts/opened.html")
def opened(metric: Metric, difference: Difference | None = None, why: str = "") -> dict[str, Any]:
    """A number that opens to its formula, its class and its range; `why` where the number itself does not say."""
    return {"metric": metric, "difference": difference, "why": why or metric.why, "class": metric.how}
