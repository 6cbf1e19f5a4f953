"""Figures as a person writes them."""

from __future__ import annotations

import math


def digits(value: float) -> str:
    """Three digits that mean something, without an exponent, thousands apart: 0.0123, 4.56, 78.9, 12,345."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share as a percentage, to one place below ten: 34 %, 2.3 %; what is less than can be written, as that."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    places = 0 if abs(share) >= 0.0995 else 1
    return f"{share * 100:,.{places}f}".removesuffix(".0") + " %"
