"""A forecast as text for people: what to trust first, then what it carries, what breaks, and what it rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from topology.capacity import Forecast, Number, Outlook, Resource, TierForecast, digits, percent
from topology.management.outlook_report import WIDTH, outlook_sections

_LABEL = 14
_COLUMNS: tuple[Resource, ...] = ("cpu", "disk", "network", "workers", "connections")
_FIGURES = {"mean": "mean", "p50": "median", "p95": "95 %", "p99": "99 %"}


def report(name: str, forecast: Forecast, outlook: Outlook, *, today: date) -> str:
    """The whole report, in lines of at most 100 characters where words allow it; dates count from `today`."""
    parts = [
        [f"Forecast of {name}, at a peak of {digits(forecast.offered_rps)} requests/s"],
        list(_today(forecast)),
        list(_summary(forecast)),
        list(_table(forecast.tiers)),
        list(_single_points(forecast)),
        *outlook_sections(outlook, today),
        list(_notes(forecast)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _today(forecast: Forecast) -> Iterator[str]:
    if forecast.today is not None:
        yield from _entry("Today", forecast.today.says)


def _summary(forecast: Forecast) -> Iterator[str]:
    yield from _entry("Capacity", _capacity(forecast))
    if forecast.breaks_first is not None:
        yield from _entry("Breaks first", forecast.breaks_first.says)
    if forecast.growth is not None:
        yield from _entry("Growth", forecast.growth.says)
    yield from _entry("Response", _response(forecast))
    yield from _entry("Availability", f"{_ranged(forecast.availability, _availability)}, of the servers alone")
    yield from _entry("Cost", _cost(forecast))
    yield from _entry("Rests on", f"guesses, for {percent(forecast.guessed_share)} of it")


def _capacity(forecast: Forecast) -> str:
    capacity = forecast.capacity_rps
    if capacity.value <= 0:
        return "none is claimed"
    free = forecast.headroom
    left = f"{percent(free)} of it free at the peak" if free >= 0 else f"exceeded by {percent(-free)} at the peak"
    return f"{_ranged(capacity, digits)} requests/s, {capacity.kind}; {left}"


def _response(forecast: Forecast) -> str:
    if not forecast.latency_ms:
        return "none can be given"
    figures = [f"{_FIGURES[name]} {_ranged(number, digits)}" for name, number in forecast.latency_ms.items()]
    return f"{'; '.join(figures)} ms, approximate"


def _cost(forecast: Forecast) -> str:
    cost = forecast.cost_month
    if cost.amount is None:
        return f"not known: {cost.says}"
    return f"{cost.currency} {cost.amount:,.2f} a month: {cost.says}"


def _table(tiers: Sequence[TierForecast]) -> list[str]:
    """The busiest server of each tier at the peak, in aligned columns; text left, figures right."""
    head = ["tier", "servers", *_COLUMNS, "memory MiB", "full at /s"]
    rows = [head, *(_row(tier) for tier in tiers)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return ["  ".join(map(_cell, row, widths, range(len(row)))) for row in rows]


def _row(tier: TierForecast) -> list[str]:
    busy = [percent(tier.utilisation[r].value) if r in tier.utilisation else "-" for r in _COLUMNS]
    memory = f"{tier.memory.used:,.0f} of {tier.memory.total:,.0f}"
    full = "-" if tier.max_rps is None else digits(tier.max_rps)
    return [tier.name, str(tier.servers), *busy, memory, full]


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)


def _single_points(forecast: Forecast) -> Iterator[str]:
    if not forecast.single_points:
        yield "Single points of failure: none; any one server may fail."
        return
    yield "Single points of failure"
    for point in forecast.single_points:
        yield from _item(f"{point.name}: {point.stops} {point.recovery}")


def _notes(forecast: Forecast) -> Iterator[str]:
    yield "Before you trust these figures"
    for note in forecast.notes:
        yield from _item(note)


def _entry(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=label.ljust(_LABEL), subsequent_indent=" " * _LABEL, break_long_words=False
    )


def _item(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False)


def _ranged(number: Number, write: Callable[[float], str]) -> str:
    """The number, with its range where it has one."""
    if number.low == number.high:
        return write(number.value)
    return f"{write(number.value)} ({write(number.low)} to {write(number.high)})"


def _availability(share: float) -> str:
    return f"{share * 100:.3f} %"
