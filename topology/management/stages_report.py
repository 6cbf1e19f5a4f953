"""The stages of a site for a person at a terminal: one table, the advice, then each stage with what speaks for it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from topology.capacity import Forecast, digits, percent
from topology.stages import Stages, StageView, in_short

WIDTH = 100
HEAD = ("stage", "servers", "carries/s", "p95 ms", "headroom", "cost a month", "breaks first")


def report(stages: Stages) -> str:
    """The whole report, in lines of at most 100 characters where words allow it."""
    parts = [list(_table(stages)), list(_advice(stages)), *(list(_stage(view)) for view in stages.views)]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _table(stages: Stages) -> Iterator[str]:
    rows = []
    for view in stages.views:
        here = view is stages.current
        rows.append(_cells(f"{'*' if here else ' '} {view.name}", len(view.design.hosts), view.forecast))
        if here and stages.resize is not None:
            rows.append(_cells("  (resized)", len(stages.resize.design.hosts), stages.resize.forecast))
    table = [HEAD, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    for row in table:
        cells = (_aligned(text, widths[column], column) for column, text in enumerate(row))
        yield "  ".join(cells).rstrip()
    what = "what is there; (resized): the same on larger servers" if stages.resize else "what is there"
    yield f"* {what}"


def _cells(name: str, servers: int, forecast: Forecast) -> tuple[str, ...]:
    p95 = forecast.latency_ms.get("p95")
    cost = forecast.cost_month
    breaks = forecast.breaks_first
    return (
        name,
        str(servers),
        digits(forecast.capacity_rps.value),
        digits(p95.value) if p95 else "-",
        percent(forecast.headroom) if forecast.capacity_rps.value > 0 else "-",
        f"{cost.amount:,.0f} {cost.currency}" if cost.amount is not None else "?",
        f"{breaks.server}, {breaks.resource}" if breaks else "-",
    )


def _aligned(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column in (0, len(HEAD) - 1) else text.rjust(width)


def _advice(stages: Stages) -> Iterator[str]:
    yield f"Recommended: {stages.recommended or 'nothing yet'}"
    if len(stages.way) > 1:
        yield f"  The way there: {', then '.join(view.name for view in stages.way)}."
    yield from _wrapped((stages.why, f"Doing nothing: {stages.doing_nothing.says}.", *stages.notes))


def _stage(view: StageView) -> Iterator[str]:
    yield f"{view.name}: {view.stage.title}" + (" (reached)" if view.reached else "")
    if view.diff is not None:
        yield from (f"  {line}" for line in view.diff.lines())
    yield from _labelled("now", view.why_now)
    yield from _labelled("not", view.why_not)
    if view.lacks and view.before is not None:
        yield from _labelled("lacks", f"{view.lacks[0].upper()}{view.lacks[1:]}.")
    if view.forecast.single_points:
        names = ", ".join(point.name for point in view.forecast.single_points)
        yield from _labelled("alone", f"{names}: the loss of any one stops the site or a part of it")
    yield from _labelled("book", "; ".join(in_short(lesson) for lesson in view.lessons))
    yield from _labelled("steps", "; ".join(f"{n}. {step.title}" for n, step in enumerate(view.steps, 1)))


def _labelled(label: str, text: str) -> Iterator[str]:
    first = f"  {label + ':':7}"
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
    )


def _wrapped(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(
            text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
        )  # fmt: skip
