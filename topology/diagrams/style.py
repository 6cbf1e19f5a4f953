"""The look of a drawing: one palette for every format, and the classes by which the site recolours it.

Each colour below is unique, so that in an SVG it can be found again and given its class: a page then
draws the same picture in light and in dark with nothing but its stylesheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

State = Literal["same", "added", "removed", "changed"]

INK = "#1c2833"
MUTED = "#5a6b7b"
PAPER = "#fefefe"
TRACK = "#dfe5ea"
LINK = "#70808f"
CALM = "#2f7d5b"
WARM = "#b7791f"
HOT = "#b83232"
ADDED = "#1a7f4e"
REMOVED = "#b42330"
CHANGED = "#a15c07"


@dataclass(frozen=True, kw_only=True)
class Hue:
    """The colours of one kind of tier."""

    number: int
    line: str
    wash: str


HUES: Mapping[str, Hue] = MappingProxyType(
    {
        "balancer": Hue(number=1, line="#6d4fc4", wash="#f3f0fc"),
        "web": Hue(number=2, line="#1f6fb2", wash="#edf5fb"),
        "app": Hue(number=3, line="#0f7f8c", wash="#eaf7f8"),
        "sql": Hue(number=4, line="#2c7a4b", wash="#ecf7f0"),
        "media": Hue(number=5, line="#b0621a", wash="#fdf4ea"),
        "cache": Hue(number=6, line="#a8447f", wash="#fbeff6"),
        "dns": Hue(number=7, line="#6b6f1d", wash="#f7f7e8"),
        "other": Hue(number=8, line="#566573", wash="#f2f4f6"),
    }
)
"""A tier keeps its hue from stage to stage because the hue follows from what the tier does."""

_ALIKE = {"sql_replica": "sql", "pool": "sql", "nfs": "media", "vrrp": "balancer"}

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        INK: "ink", MUTED: "muted", PAPER: "paper", TRACK: "track", LINK: "link", CALM: "calm", WARM: "warm",
        HOT: "hot", ADDED: "added", REMOVED: "removed", CHANGED: "changed",
        **{hue.line: f"hue-{hue.number}" for hue in HUES.values()},
        **{hue.wash: f"wash-{hue.number}" for hue in HUES.values()},
    }
)  # fmt: skip
"""Class of each colour; in the page's stylesheet they are `.diagram .fill-ink`, `.diagram .line-ink` and so on."""

MARKS: Mapping[State, str] = MappingProxyType({"same": "", "added": "+ ", "removed": "− ", "changed": "~ "})
STATE_COLOURS: Mapping[State, str] = MappingProxyType(
    {"same": LINK, "added": ADDED, "removed": REMOVED, "changed": CHANGED}
)


def hue_of(services: Iterable[str]) -> Hue:
    """The hue of a tier, from the services that its roles offer."""
    offered = {_ALIKE.get(service, service) for service in services}
    return next((hue for name, hue in HUES.items() if name in offered), HUES["other"])


def load_colour(share: float) -> str:
    """Calm below 60 percent busy, warm below 85, hot above: the knee of the queueing curve lies between."""
    return CALM if share < 0.6 else WARM if share < 0.85 else HOT
