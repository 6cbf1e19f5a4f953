"""Packs a bundle with its papers: the forecast, the drawing and the runbook of the same design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from topology import bundles, capacity
from topology.bundles import Bundle, build
from topology.capacity import Forecast
from topology.checks import Finding, Sight, look_at, report
from topology.design import Design, TierwrightError
from topology.diagrams import DrawingFailed, draw
from topology.runbook import changed_files, markdown, runbook
from topology.workload import Workload


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A bundle, and what could not be put into it."""

    bundle: Bundle
    missing: tuple[str, ...]
    """A sentence for each paper that is left out."""
    findings: tuple[Finding, ...] = ()
    """What the checks found across its files."""

    @property
    def stopping(self) -> tuple[Finding, ...]:
        """Findings that keep the bundle from being given out: errors that nobody has taken on."""
        return tuple(finding for finding in self.findings if finding.stops)


def pack(design: Design, workload: Workload | None = None, *, before: Design | None = None) -> Packed:
    """The bundle of a design with everything that belongs beside its files; a paper that fails is left out and said.

    `workload` overrides the plan's own, or is that of the file which the plan names. The runbook is that of the
    change from `before`, which then names every file of `hosts/` that differs; without it, that of a first
    installation.
    """
    missing: list[str] = []
    forecast = _forecast(design, workload, missing)
    document = capacity.to_document(forecast) if forecast else None
    bundle = build(design, workload, forecast=document, diagram=_diagram(design, forecast, missing))
    found = look_at(Sight(cluster=bundle.cluster, forecast=forecast))  # the files are written once for both
    papers = replace(bundle.papers, runbook=_runbook(bundle, workload, before), rules=report(found))
    return Packed(bundle=replace(bundle, papers=papers), missing=tuple(missing), findings=found)


def _runbook(bundle: Bundle, workload: Workload | None, before: Design | None) -> str:
    old = {} if before is None else _by_host(build(before, workload))
    files = changed_files(old, _by_host(bundle))
    return markdown(runbook(before, bundle.cluster.design, workload=workload, files=files))


def _by_host(bundle: Bundle) -> Mapping[str, Mapping[str, str]]:
    """Everything under `hosts/`: host, path below its folder, digest."""
    table: dict[str, dict[str, str]] = {}
    for member in bundles.host_members(bundle):
        _, host, path = member.path.split("/", 2)
        table.setdefault(host, {})[path] = member.sha256
    return table


def _forecast(design: Design, workload: Workload | None, missing: list[str]) -> Forecast | None:
    if design.workload is None and workload is None:
        missing.append("the plan has no workload, so the bundle holds no forecast")
        return None
    try:
        return capacity.forecast(design, workload)
    except TierwrightError as error:
        missing.append(f"no forecast: {error}")
        return None


def _diagram(design: Design, forecast: Forecast | None, missing: list[str]) -> str | None:
    try:
        return draw(design, forecast=forecast).render("svg").decode()
    except DrawingFailed as error:
        missing.append(f"no diagram: {error}")
        return None
