"""A lesson: a piece of the chapter's advice, what the model says of it for one plan, and where it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from topology.capacity.answer import Number

Status = Literal["holds", "partly", "void here"]
CLEAR = 1.2
"""From this gain on a piece of advice holds: less is within the uncertainty of a calibrated forecast."""
SOME = 1.02
"""Below this gain nothing that could be noticed is bought."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonPoint:
    """A point of the lesson's curve."""

    x: float
    y: float
    label: str
    """The line that it is on."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One piece of advice, for one plan."""

    name: str
    title: str
    chapter: str
    """What the chapter says, in our words."""
    says: str
    """What the model says for this plan, in sentences with numbers."""
    brief: str
    """The same as one clause, to be put among others."""
    status: Status
    effect: Number
    """How many times as much it makes the plan carry as it stands; 1 is nothing."""
    then: Number | None = None
    """The factor under the chapter's conditions, with this plan's numbers; None where they are no other."""
    valid: str
    """Where it holds and where it does not."""
    formula: str
    source: str
    x_label: str
    y_label: str
    points: tuple[LessonPoint, ...]
    """Lines by their labels, x rising in each."""
    is_wide: bool = False
    """Whether x spans orders of magnitude, so that a drawing should be logarithmic in it."""

    def document(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "chapter": self.chapter,
            "says": self.says,
            "status": self.status,
            "effect": self.effect.document(),
            "then": None if self.then is None else self.then.document(),
            "valid": self.valid,
            "formula": self.formula,
            "source": self.source,
            "x_label": self.x_label,
            "y_label": self.y_label,
            "points": [asdict(point) for point in self.points],
        }


NO_PAGES = "This workload has no pages and no calls of an API, so nothing of it comes to the application."
_CALLED: Mapping[str, str] = {
    "cpu": "the CPU", "disk": "the disk", "network": "the network card", "workers": "every worker",
    "connections": "every connection", "memory": "the memory",
}  # fmt: skip


def called(resource: str) -> str:
    """A resource as a sentence has it."""
    return _CALLED.get(resource, resource)


def factor(values: Sequence[float], why: str) -> Number:
    """A factor from its values in all worlds, the expected one first."""
    return Number(value=values[0], low=min(values), high=max(values), kind="approximate", unit="times", why=why)


def nothing(why: str) -> Number:
    """The factor of what changes nothing, whatever the inputs are."""
    return Number(value=1.0, low=1.0, high=1.0, kind="exact", unit="times", why=why)


def by_gain(gain: float) -> Status:
    """The status of advice that buys capacity."""
    return "holds" if gain >= CLEAR else "partly" if gain >= SOME else "void here"


def line(label: str, places: Iterable[tuple[float, float]]) -> tuple[LessonPoint, ...]:
    """The points of one line."""
    return tuple(LessonPoint(x=x, y=y, label=label) for x, y in places)
