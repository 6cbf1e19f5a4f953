"""Sites that the stages are tried on: a tiny one, one bound by Python, one heavy in files, a large one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from topology import bundles
from topology.design import Design, Site
from topology.stages import every_stage, first
from topology.workload import Observation, RequestClass, Sizes, Workload

SITE = Site(name="news", domains=("www.example.com",))
SMALL = "small"


def workload(
    peak: float,
    *,
    pages: float = 1.0,
    busy: float | None = None,
    on: str | None = SMALL,
    file_bytes: float | None = None,
    growth: float | None = None,
    database_gib: float | None = None,
) -> Workload:
    """Pages and, for the rest, media; `busy` is what the server showed at that peak, on a server of type `on`."""
    size = Sizes(mean=file_bytes) if file_bytes else None
    classes = {"page": RequestClass(share=pages)}
    if pages < 1:
        classes["media"] = RequestClass(share=1 - pages, bytes=size)
    seen = Observation(cpu_share=busy, requests_per_second=peak, server_type=on) if busy else None
    return Workload(
        peak_requests_per_second=peak,
        classes=classes,
        observed=seen,
        growth_per_year=growth,
        database_gib=database_gib,
    )


def tiny() -> Workload:
    """One request a second on a server that is hardly busy."""
    return workload(1, pages=0.5, busy=0.02, growth=0.5)


def python_bound() -> Workload:
    """Pages alone, with the database's share of the cost as the table has it."""
    return workload(30, busy=0.8)


def heavy_in_files() -> Workload:
    """Large media files, which fill the network card long before anything else."""
    return workload(200, pages=0.02, busy=0.4, file_bytes=400_000)


def large() -> Workload:
    """More than one of the largest servers carries, and not more than several do."""
    return workload(1000, pages=0.3, busy=1.0, on="xlarge").at(0.6)


def unobserved() -> Workload:
    """A workload of which nobody has said how busy the server was."""
    return workload(50, pages=0.3)


def design_at(stage: str, asked: Workload | None = None) -> Design:
    """The site at a stage, reached in the suggested order."""
    design = first(SITE, asked or python_bound())
    for each in every_stage():
        design = each.advance(design) if each.name != "single" else design
        if each.name == stage:
            return design
    raise KeyError(stage)


def roles(design: Design) -> Mapping[str, list[str]]:
    """The written roles of every server, by its name."""
    return {host.name: [role.name for role in host.roles] for host in design.hosts}


def shas(design: Design) -> dict[str, dict[str, str]]:
    """Everything under `hosts/` of the design's bundle: host -> path -> SHA-256."""
    found: dict[str, dict[str, str]] = {}
    for member in bundles.members(bundles.build(design)):
        top, _, rest = member.path.partition("/")
        host, _, path = rest.partition("/")
        if top == "hosts":
            found.setdefault(host, {})[path] = hashlib.sha256(member.content).hexdigest()
    return found
