"""Every colour of the stylesheet can be read on what it stands on, in light and in dark."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.conftest import ROOT
from topology.diagrams import HUES

CSS = (ROOT / "static/css/tierwright.css").read_text(encoding="utf-8")
TOKENS: dict[str, tuple[str, str]] = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS)
}
THEMES = (0, 1)
TEXTS = ("ink", "muted", "accent", "good", "warn", "bad")
GROUNDS = ("paper", "surface", "sunken")
TIERS = range(1, 9)

READABLE = [
    *product(TEXTS, GROUNDS),
    *((word, f"{word}-fill") for word in ("good", "warn", "bad", "accent")),
    ("accent-ink", "accent"),
    ("paper", "ink"),
    *((f"tier-{number}-ink", ground) for number in TIERS for ground in ("surface", "paper", f"tier-{number}-fill")),
]
VISIBLE = [
    *((f"tier-{number}-mark", "surface") for number in TIERS),
    *((f"{word}-mark", ground) for word in ("good", "warn", "bad") for ground in ("surface", "sunken")),
    ("line-strong", "surface"),
    *(("focus", ground) for ground in GROUNDS),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), READABLE)
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), VISIBLE)
def test_marks_can_be_seen(mark: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[mark][theme], TOKENS[ground][theme]) >= 3


def test_every_hue_of_the_drawings_is_a_token() -> None:
    assert {hue.number for hue in HUES.values()} == set(TIERS)
    for hue in HUES.values():
        assert abs(_angle(hue.line) - _angle(TOKENS[f"tier-{hue.number}-ink"][0])) < 6


def test_colours_are_written_among_the_tokens_alone() -> None:
    rest = CSS[CSS.index("/* --- Ground") :]

    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?! *\{)", rest)) <= {"#ffffff"}


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _angle(colour: str) -> float:
    """The hue in degrees, as HSV has it."""
    import colorsys

    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return colorsys.rgb_to_hsv(red, green, blue)[0] * 360
