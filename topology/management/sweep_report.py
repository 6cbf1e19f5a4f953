"""The answer of a sweep in words and a table, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from topology.capacity import digits, percent

_MOST_ROWS = 10
Answer = Mapping[str, Any]


def report(answer: Answer) -> Iterator[str]:
    """Line by line."""
    yield from _worlds(answer) if answer["kind"] == "worlds" else _seeds(answer)


def _worlds(answer: Answer) -> Iterator[str]:
    yield f"{answer['candidates']:,} candidates in {answer['worlds']:,} worlds, seed {answer['seed']}"
    yield ""
    yield _verdict(answer)
    if answer["least_regret"] is not None:
        item = answer["least_regret"]
        yield (
            f"Least regret ({_money(item['regret_month'], answer)} a month on average, against knowing the world"
            f" before): {layout(item)}."
        )
    if not answer["front"]:
        return
    yield ""
    yield "What certainty costs:"
    yield f"{'a month':>14}  {'holds':>22}  {'p95, ms':>24}  layout"
    for item in answer["front"][-_MOST_ROWS:]:
        holds, p95 = item["holds"], item["p95_ms"]
        span = f"{percent(holds['value'])} ({percent(holds['low'])} to {percent(holds['high'])})"
        times = f"{digits(p95['mid'])} ({digits(p95['low'])} to {digits(p95['high'])})"
        yield f"{_money(item['cost_month'], answer):>14}  {span:>22}  {times:>24}  {layout(item)}"


def _verdict(answer: Answer) -> str:
    winner = answer["winner"]
    if winner is not None:
        return (
            f"Cheapest that holds in {percent(answer['sure'])} of the worlds: {layout(winner)}, at"
            f" {_money(winner['cost_month'], answer)} a month; it holds in {percent(winner['holds']['value'])}."
        )
    if not answer["worlds_with_an_answer"]:
        return "In no world does any of them hold this; the command cheapest says what to ask less of."
    best = answer["ranking"][0]
    return (
        f"None holds in {percent(answer['sure'])} of the worlds. The surest holds in"
        f" {percent(best['holds']['value'])}: {layout(best)}, at {_money(best['cost_month'], answer)} a month."
    )


def _seeds(answer: Answer) -> Iterator[str]:
    yield f"{answer['seeds']:,} runs with seeds of their own, {answer['requests']:,} requests"
    yield ""
    if answer["saturated"]:
        yield answer["saturated"]
        return
    for name, number in answer["latency_ms"].items():
        yield f"{name:<6}{digits(number['value'])} ms ({digits(number['low'])} to {digits(number['high'])})"
    yield f"Refused: {percent(answer['refused']['value'])}."


def layout(item: Answer) -> str:
    """A candidate, such as `big: web 2 small, database 1 large`."""
    tiers = (f"{tier['name']} {tier['servers']} {tier['type']}" for tier in item["tiers"])
    return f"{item['stage']}: {', '.join(tiers)}"


def _money(amount: float, answer: Answer) -> str:
    return f"{answer['currency']} {amount:,.2f}"
