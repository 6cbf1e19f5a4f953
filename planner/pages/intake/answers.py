"""The first useful number: a workload put on one server, and how full that would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from planner.models import Reading
from planner.pages.intake.forms import PlanForm
from planner.review import recording
from topology.capacity import Forecast, Number, forecast
from topology.design import Design, Host, Site
from topology.models import Revision
from topology.stages import first
from topology.workload import Workload

UNNAMED = Site(name="site", domains=("www.example.com",))
"""A site whose name nobody has given yet."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A workload on a single server."""

    workload: Workload
    design: Design
    forecast: Forecast

    @property
    def server(self) -> Host:
        """The server."""
        return self.design.hosts[0]

    @property
    def cpu(self) -> Number:
        """Its busy share at the peak."""
        return self.forecast.hosts[0].utilisation["cpu"]

    @property
    def memory_share(self) -> float:
        """Memory in use of what is there."""
        memory = self.forecast.hosts[0].memory
        return memory.used / memory.total


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What a cache would save on one page, as a row with a bar."""

    path: str
    """Folded: what could be an id or a token stands as `…`."""
    pages: int
    hits: int
    would_hit: float
    saves: float
    bytes: int
    width: float
    """Length of the bar, 0 to 100: the page that saves most has 100."""


def savings(reading: Reading) -> list[Saving]:
    """The pages worth caching of a reading, those that save most first."""
    found: list[dict[str, Any]] = (reading.answer or {}).get("worth_caching", [])
    most = max((item["saves_cpu_share"] for item in found), default=0) or 1
    return [
        Saving(
            path=item["path"],
            pages=item["pages"],
            hits=item["hits"],
            would_hit=item["would_hit_share"],
            saves=item["saves_cpu_share"],
            bytes=item["bytes"],
            width=round(100 * item["saves_cpu_share"] / most, 2),
        )
        for item in found
    ]


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The busiest hour of a reading."""

    hour: str | None
    hits: int


def peak_of(reading: Reading, *, people: bool) -> Peak:
    """The busiest hour of all, or of people where the reading tells them apart."""
    found = reading.answer or {}
    theirs = found.get("peak_hour_without_robots") if people else None
    if theirs:
        return Peak(hour=theirs["hour"], hits=theirs["hits"])
    return Peak(hour=found["facts"]["peak_hour"], hits=found["facts"]["peak_hour_hits"])


def answer(workload: Workload) -> Answer:
    """Put a workload on one server: of the type it was seen on, else the smallest that carries it."""
    design = first(UNNAMED, workload)
    return Answer(workload=workload, design=design, forecast=forecast(design))


def start_plan(user: User, workload: Workload, form: PlanForm, *, message: str) -> Revision:
    """The plan of a workload, with the single server as its first revision."""
    said = form.cleaned_data
    design = first(Site(name=form.slug, domains=(said["domain"],)), workload, stack=said["stack"])
    return recording.begin(user, design, name=said["name"], message=message, team=form.home)
