"""The first useful number: a workload put on one server, and how full that would be."""

from __future__ import annotations

from dataclasses import dataclass

from planner.pages.intake.forms import PlanForm
from topology import revisions
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


def answer(workload: Workload) -> Answer:
    """Put a workload on one server: of the type it was seen on, else the smallest that carries it."""
    design = first(UNNAMED, workload)
    return Answer(workload=workload, design=design, forecast=forecast(design))


def start_plan(workload: Workload, form: PlanForm, *, message: str) -> Revision:
    """The plan of a workload, with the single server as its first revision."""
    said = form.cleaned_data
    design = first(Site(name=form.slug, domains=(said["domain"],)), workload)
    return revisions.start(design, name=said["name"], message=message)
