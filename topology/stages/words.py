"""Numbers and names in words, as a person writes them."""

from __future__ import annotations

from topology.capacity import Cost


def availability(share: float) -> str:
    """An availability, whose digits after the point are what counts."""
    return f"{share * 100:.3f} %"


def times(factor: float) -> str:
    """A factor with two digits, or whole from ten on."""
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.2g}"


def price(cost: Cost) -> str:
    """A monthly cost."""
    return "an unknown price" if cost.amount is None else f"{cost.amount:,.0f} {cost.currency} a month"
