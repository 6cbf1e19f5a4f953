"""Figures of a weighing as a person writes them: what was and what is, with the range where there is one."""

from __future__ import annotations

import math
from collections.abc import Callable

from topology.capacity import Number, digits

Write = Callable[[float], str]


def whole(value: float) -> str:
    """An amount of money or a number of things: 84, 1,250."""
    return f"{value:,.0f}"


def share(value: float) -> str:
    """A share in percent, without the sign, to one place below ten: 34, 2.3."""
    return f"{value * 100:,.{0 if abs(value) >= 0.0995 else 1}f}".removesuffix(".0")


def nines(value: float) -> str:
    """An availability in percent, with as many digits as tell its nines apart: 99.5, 99.93, 99.9986."""
    if not 0 <= value < 1:
        return share(value)
    places = min(6, max(1, 1 - math.floor(math.log10((1 - value) * 100))))
    return f"{value * 100:.{places}f}"


def ranged(amount: Number | float, write: Write) -> str:
    """A figure, with its range behind it where that can be told from the figure: `240 (210–280)`."""
    if not isinstance(amount, Number):
        return write(amount)
    low, value, high = write(amount.low), write(amount.value), write(amount.high)
    return value if low == high else f"{value} ({_ends(low, high)})"


def _ends(low: str, high: str) -> str:
    """A dash between the ends, or a word where one is below zero."""
    return f"{low} to {high}" if low.startswith("-") else f"{low}–{high}"


def moved(before: str, after: str, unit: str) -> str:
    """What was and what is, and the one where both read the same."""
    behind = f" {unit}" if unit else ""
    return f"{after}{behind}" if before == after else f"{before} to {after}{behind}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: `1 risk`, `3 risks`, `no risk`."""
    return f"{number or 'no'} {one if number < 2 else many or one + 's'}"


def value_of(amount: Number | float) -> float:
    """The figure itself."""
    return amount.value if isinstance(amount, Number) else amount


rate: Write = digits
"""Requests a second, or milliseconds."""
