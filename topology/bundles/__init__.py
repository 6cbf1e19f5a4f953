"""Bundles: the files of every host with their reasons, checked by the real programs, as a directory or an archive.

A bundle is a pure function of its design, its workload and the papers handed in; the same ones give the same
bytes. Nothing in it tells a time, a duration or the machine it was made on, and no secret is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from topology.bundles.archive import refuse_target, write, write_directory, write_tar_gz, write_zip
from topology.bundles.assembly import host_files
from topology.bundles.bundle import Bundle, HostFile, Papers
from topology.bundles.kept import Kept
from topology.bundles.manifest import manifest
from topology.bundles.members import Member, host_members, members, packages
from topology.bundles.programs import strangers
from topology.bundles.report import RESULTS, Answer, Result, ValidationReport
from topology.bundles.validation import Progress, unvalidated, validate
from topology.components import Cluster, Limits, resolve
from topology.design import Design
from topology.workload import Workload

__all__ = [
    "RESULTS", "Answer", "Bundle", "HostFile", "Kept", "Member", "Papers", "Progress", "Result", "ValidationReport",
    "build", "bundle_of", "host_members", "manifest", "members", "packages", "refuse_target", "strangers",
    "unvalidated", "validate", "write", "write_directory", "write_tar_gz", "write_zip",
]  # fmt: skip

DEFAULT_LIMITS = Limits()


def build(
    design: Design,
    workload: Workload | None = None,
    *,
    runbook: str | None = None,
    diagram: str | None = None,
    forecast: Mapping[str, Any] | None = None,
    approved_by: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Bundle:
    """The bundle of a design: `runbook` is Markdown, `diagram` SVG, `forecast` the forecast's JSON document.

    `workload` overrides the plan's own. Raises TierwrightError where two components write the same file.
    """
    papers = Papers(runbook=runbook, diagram=diagram, forecast=forecast, approved_by=tuple(approved_by))
    return bundle_of(resolve(design, workload, limits=limits), papers=papers)


def bundle_of(cluster: Cluster, *, papers: Papers | None = None) -> Bundle:
    """The bundle of a resolved cluster."""
    return Bundle(cluster=cluster, files=host_files(cluster), papers=papers or Papers())
