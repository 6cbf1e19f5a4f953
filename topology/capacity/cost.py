"""The monthly price of the servers, in one currency or not at all."""

from __future__ import annotations

from topology.capacity.answer import Cost
from topology.design import Design
from topology.hardware import BUILT_IN_CURRENCY, BUILT_IN_SOURCE

WITHOUT = "without storage and traffic"


def cost_of(design: Design) -> Cost:
    """What the servers cost a month: the plan's own types in its currency, the built-in ones in theirs.

    Where a price is not known, or two currencies meet, there is no amount and a sentence says why.
    """
    names = set(design.servers_by_type())
    built_in = sorted(name for name in names if name not in design.server_types)
    own = sorted(names - set(built_in))
    unpriced = [name for name in own if design.server_type(name).price_month is None]
    if unpriced:
        says = f"no price is known of the server type {unpriced[0]}; write its price_month"
        return Cost(amount=None, currency=design.currency, says=says)
    if built_in and own and design.currency != BUILT_IN_CURRENCY:
        return Cost(amount=None, currency=design.currency, says=_mixed(design.currency, built_in[0]))
    return _sum(design, currency=BUILT_IN_CURRENCY if built_in else design.currency, built_in=bool(built_in))


def _mixed(currency: str, name: str) -> str:
    return (
        f"the price of the built-in type {name} is in {BUILT_IN_CURRENCY} and the plan's own are in {currency}; write"
        f" the type with its price in {currency} under server_types"
    )


def _sum(design: Design, *, currency: str, built_in: bool) -> Cost:
    counts = design.servers_by_type().items()
    amount = sum(count * float(design.server_type(name).price_month or 0) for name, count in counts)
    source = f"prices of {BUILT_IN_SOURCE}" if built_in else "prices of the plan"
    other = f"; the plan's currency is {design.currency}" if currency != design.currency else ""
    return Cost(amount=round(amount, 2), currency=currency, says=f"{source}, {WITHOUT}{other}")
