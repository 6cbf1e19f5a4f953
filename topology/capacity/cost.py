"""The monthly price of the servers, in one currency or not at all."""

from __future__ import annotations

from topology.capacity.answer import Cost
from topology.design import Design
from topology.hardware import currency_of, source_of

WITHOUT = "without storage and traffic"
OF_THE_PLAN = "the plan"


def cost_of(design: Design) -> Cost:
    """What the servers cost a month: the plan's own types in its currency, the others in that of their price.

    Where a price is not known, or two currencies meet, there is no amount and a sentence says why.
    """
    names = sorted(design.servers_by_type(), key=lambda name: (name not in design.server_types, name))
    unpriced = [name for name in names if design.server_type(name).price_month is None]
    if unpriced:
        says = f"no price is known of the server type {unpriced[0]}; {_write(design, unpriced[0])}"
        return Cost(amount=None, currency=design.currency, says=says)
    currencies = {name: _currency(design, name) for name in names}
    if len(set(currencies.values())) > 1:
        return Cost(amount=None, currency=design.currency, says=_mixed(design, currencies))
    return _sum(design, names, currency=next(iter(currencies.values()), design.currency))


def _currency(design: Design, name: str) -> str:
    return design.currency if name in design.server_types else currency_of(name) or design.currency


def _write(design: Design, name: str) -> str:
    """What to write so that a price is known."""
    if name in design.server_types:
        return "write its price_month"
    return f"write the type with its price in {design.currency} under server_types"


def _mixed(design: Design, currencies: dict[str, str]) -> str:
    """Which prices do not go together, the plan's own first."""
    first, *rest = currencies
    other = next(name for name in rest if currencies[name] != currencies[first])
    against = "the plan's own are" if first in design.server_types else f"that of {first} is"
    return (
        f"the price of the server type {other} is in {currencies[other]} and {against} in {currencies[first]};"
        f" {_write(design, other)}"
    )


def _sum(design: Design, names: list[str], *, currency: str) -> Cost:
    counts = design.servers_by_type().items()
    amount = sum(count * float(design.server_type(name).price_month or 0) for name, count in counts)
    listed = dict.fromkeys(source_of(name) for name in names if name not in design.server_types)
    source = f"prices of {'; of '.join(listed or [OF_THE_PLAN])}"
    other = f"; the plan's currency is {design.currency}" if currency != design.currency else ""
    return Cost(amount=round(amount, 2), currency=currency, says=f"{source}, {WITHOUT}{other}")
