"""The cheapest topology for a person at a terminal: the front, the winner, why others lost, and how sure that is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from topology.capacity import Cheapest, Constraint, Found, Objective, digits, percent

WIDTH = 100
HEAD = ("", "stage", "servers", "cost a month", "p95 ms", "availability", "headroom", "one dead", "holds in")
_SHOWN = 5
_CONSTRAINTS: Mapping[Constraint, str] = {
    "p95_ms": "p95", "availability": "availability", "headroom": "headroom", "refused": "one server dead"
}  # fmt: skip


def report(answer: Cheapest, objective: Objective, *, rate: float) -> str:
    """The whole report, in lines of at most 100 characters where words allow it."""
    parts = [
        [_asked(objective, rate)],
        list(_table(answer)),
        list(_winner(answer)),
        list(_relax(answer)),
        list(_losers(answer)),
        list(_doubt(answer)),
        list(_items("Before you trust this", answer.notes)),
        [f"{answer.candidates:,} candidates were weighed."],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _asked(objective: Objective, rate: float) -> str:
    budget = "" if objective.budget is None else f", at most {objective.currency} {objective.budget:,.2f} a month"
    return (
        f"Cheapest for a peak of {digits(rate)} requests/s: p95 {digits(objective.p95_ms)} ms, availability"
        f" {objective.availability * 100:g} %, headroom {percent(objective.headroom)}{budget}"
    )


def _table(answer: Cheapest) -> Iterator[str]:
    if answer.winner is None:
        return
    rows = [HEAD, *(_row(item, item.design == answer.winner.design) for item in answer.front)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        cells = (text.ljust(widths[n]) if n < 2 else text.rjust(widths[n]) for n, text in enumerate(row))
        yield "  ".join(cells).rstrip()
    yield "* the cheapest; each other line costs more and answers sooner or more surely"


def _row(item: Found, wins: bool) -> tuple[str, ...]:
    cost = item.forecast.cost_month
    return (
        "*" if wins else "",
        item.skeleton,
        str(sum(tier.servers for tier in item.forecast.tiers)),
        f"{cost.amount:,.2f} {cost.currency}" if cost.amount is not None else "?",
        digits(item.forecast.latency_ms["p95"].value),
        f"{item.forecast.availability.value * 100:.3f} %",
        percent(item.forecast.headroom),
        "-" if item.refused <= 0 else f"{percent(item.refused)} refused",
        percent(item.chance.holds),
    )


def _winner(answer: Cheapest) -> Iterator[str]:
    found = answer.winner
    if found is None:
        return
    yield f"The cheapest: {found.skeleton}"
    for tier in found.design.tiers:
        hosts = [host for host in found.design.hosts if host.tier == tier.name]
        types = ", ".join(dict.fromkeys(host.type_name for host in hosts))
        roles = ", ".join(dict.fromkeys(role.name for host in hosts for role in host.roles))
        yield from _item(f"{tier.name}: {len(hosts)} {types}: {roles}")
    chance = found.chance
    by = ", ".join(
        f"{_CONSTRAINTS[name]} in {percent(share)}"
        for name, share in chance.by_constraint.items()
        if name in _CONSTRAINTS
    )
    low, _, high = chance.p95_ms
    yield from _wrapped(
        f"Everything promised holds in {percent(chance.holds)} of the worlds that the inputs allow ({by}). p95 lies"
        f" between {digits(low)} and {digits(high)} ms in nine of ten.{_regret(found)}"
    )


def _regret(found: Found) -> str:
    amount, currency = found.chance.regret, found.forecast.cost_month.currency
    if amount is None or amount < 0.005:
        return ""
    return f" Chosen before the inputs are known, it misses the best by {currency} {amount:,.2f} a month on average."


def _relax(answer: Cheapest) -> Iterator[str]:
    if answer.winner is None:
        yield "Nothing is feasible"
        says = answer.relax.says if answer.relax else "No layout answers this workload at any rate."
        yield from _wrapped(says)


def _losers(answer: Cheapest) -> Iterator[str]:
    yield from _items("Why not cheaper, and why not otherwise", [loser.why for loser in answer.losers])


def _doubt(answer: Cheapest) -> Iterator[str]:
    doubt, winner = answer.doubt, answer.winner
    if winner is None or doubt is None or not doubt.influences:
        return
    yield "What to measure next"
    if winner.chance.holds >= 1:
        yield from _wrapped("Nothing need be measured for this: the promise holds in every world.")
        return
    yield from _wrapped(doubt.measure)
    longest = max(item.shrinks for item in doubt.influences)
    for item in doubt.influences[:_SHOWN]:
        bar = "#" * max(1, round(20 * item.shrinks / longest))
        yield f"  {percent(item.shrinks):>6}  {bar:20}  {item.name} ({item.basis})"


def _items(title: str, texts: Sequence[str]) -> Iterable[str]:
    if texts:
        yield title
        for text in texts:
            yield from _item(text)


def _item(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
