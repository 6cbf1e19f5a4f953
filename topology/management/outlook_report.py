"""An outlook as text for people: when limits come, what a dead server does, the week, and cost over time."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date

from topology.capacity import Failure, LimitDate, Outlook, date_after, digits

WIDTH = 100
MOST_LIMITS = 6
FAR_MONTHS = 600
"""What stands for fifty years or later."""


def outlook_sections(outlook: Outlook, today: date) -> list[list[str]]:
    """The sections that say something, each with its heading."""
    sections = [
        ("When limits are met", list(_limits(outlook, today))),
        ("If a server dies", list(_deaths(outlook))),
        ("Through the week", list(_week(outlook))),
        ("For a while", list(_transients(outlook))),
        ("Over time", list(_cost(outlook))),
    ]
    return [[heading, *(line for text in texts for line in _item(text))] for heading, texts in sections if texts]


def _limits(outlook: Outlook, today: date) -> Iterator[str]:
    if outlook.if_nothing:
        yield outlook.if_nothing
    for limit in outlook.limits[:MOST_LIMITS]:
        yield f"{limit.says.removesuffix('.')}{_dated(limit, today)}."
    left = len(outlook.limits) - MOST_LIMITS
    if left > 0:
        yield f"{left} more lie beyond these; --json has them all."


def _dated(limit: LimitDate, today: date) -> str:
    months = limit.months
    if months is None or not 0 < months.value < FAR_MONTHS:
        return ""
    return f": about {date_after(months.value, today):%B %Y}"


def _deaths(outlook: Outlook) -> Iterator[str]:
    for failure in outlook.failures:
        if not _goes_without_saying(failure):
            yield failure.says
    if outlook.service is not None:
        yield outlook.service.says
        kept = outlook.service.promise_kept
        if kept is not None:
            yield f"The promised p95 holds for {kept.value * 100:.3f} % of all requests, deaths of servers included."


def _goes_without_saying(failure: Failure) -> bool:
    return failure.dead == failure.servers > 1 and bool(failure.stops)


def _week(outlook: Outlook) -> Iterator[str]:
    week = outlook.week
    if week is None:
        return
    yield week.says
    figures = [f"{name} {digits(number.value)} ms" for name, number in week.latency_ms.items()]
    if figures:
        yield f"Over all its requests: {', '.join(figures)}."


def _transients(outlook: Outlook) -> Iterator[str]:
    if outlook.transients is None:
        return
    yield from (deploy.says for deploy in outlook.transients.deploys)
    if outlook.transients.cold_cache is not None:
        yield outlook.transients.cold_cache.says
    yield from (hole.says for hole in outlook.transients.holes)


def _cost(outlook: Outlook) -> Iterator[str]:
    cost = outlook.cost
    if cost.three_years is None:
        yield f"Cost is not known: {cost.says}."
        return
    million = "" if cost.per_million is None else f" and {digits(cost.per_million.value)} for a million requests"
    yield f"{cost.currency} {cost.three_years:,.2f} in three years{million}: {cost.says}."


def _item(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False)
