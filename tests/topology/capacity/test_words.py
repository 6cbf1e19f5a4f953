"""Figures as a person writes them."""

from __future__ import annotations

import pytest

from topology.capacity.words import digits, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.012345, "0.0123"),
        (0.5, "0.5"),
        (4.5678, "4.57"),
        (78.94, "78.9"),
        (50.0, "50"),
        (350, "350"),
        (12345.6, "12,346"),
        (0, "0"),
        (-4.5678, "-4.57"),
        (999.99, "1,000"),
    ],
)
def test_three_digits_without_an_exponent(value: float, text: str) -> None:
    assert digits(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.345, "34 %"), (0.0234, "2.3 %"), (1, "100 %"), (0, "0 %"), (12, "1,200 %"), (4e-4, "< 0.1 %")],
)
def test_percentages(share: float, text: str) -> None:
    assert percent(share) == text
