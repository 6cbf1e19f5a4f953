"""The first useful number: a workload put on one server, and how full that would be."""

from __future__ import annotations

from dataclasses import dataclass

from planner.pages.intake.forms import PlanForm
from topology import revisions
from topology.capacity import Forecast, Number, forecast
from topology.design import Design, Host, Role, Server, Site, Tier
from topology.models import Revision
from topology.workload import Workload


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


def answer(workload: Workload, *, name: str = "site", domain: str = "www.example.com") -> Answer:
    """Put a workload on one server: of the type it was seen on, else the smallest that carries it."""
    design = _single(name, domain, workload)
    return Answer(workload=workload, design=design, forecast=forecast(design))


def _single(name: str, domain: str, workload: Workload) -> Design:
    roles = tuple(Role(name=role) for role in ("nginx", "gunicorn", "memcached", "postgresql"))
    server = Server(name="web1", type="small")
    return Design(
        tierwright=1,
        name=name,
        sites=(Site(name=name, domains=(domain,)),),
        workload=workload,
        tiers=(Tier(name="web", servers=(server,), roles=roles),),
    )


def start_plan(workload: Workload, form: PlanForm, *, message: str) -> Revision:
    """The plan of a workload, with the single server as its first revision."""
    said = form.cleaned_data
    design = answer(workload, name=form.slug, domain=said["domain"]).design
    return revisions.start(design, name=said["name"], message=message)
