"""The ten clusters exported with every file asked of its program, and once more with the answers that were kept."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.benchmarks.clusters import every_cluster
from tests.benchmarks.export_speed import cost_of, plan_of
from tests.evidence import Cell, Evidence
from topology.bundles import Kept, ValidationReport, build, validate, write_directory
from topology.design import Design

ISSUE = 3
SIZES = (10, 100, 1000)
LINEAR = 2.0
"""Growth of a host's cost from a hundred hosts to a thousand that still counts as linear."""


def measure() -> Evidence:
    """Each cluster twice, and rendering alone at three sizes."""
    found = [_row(stack, name, design) for stack, name, design in every_cluster()]
    rendered = {size: cost_of(plan_of(size), checked=False).cpu_ms_per_host for size in SIZES}
    growth = rendered[1000] / rendered[100]
    return Evidence(
        title="Ten clusters exported",
        command="bin/evidence 3 --only clusters_exported",
        passed=all(row[3] == row[4] for row in found) and growth <= LINEAR,
        columns=("stack", "stage", "hosts", "files", "accepted", "programs asked", "seconds", "seconds, kept answers"),
        rows=tuple(found),
        text=(
            "From the design to the bundle on disk, every file read by its program; then the same again, where what"
            " was accepted is not asked again. Without validation a host costs "
            + ", ".join(f"{cost:.1f} ms of CPU at {size} hosts" for size, cost in rendered.items())
            + f": {growth:.2f} times from a hundred to a thousand."
        ),
    )


def _row(stack: str, name: str, design: Design) -> tuple[Cell, ...]:
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(Path(folder, "answers"))
        report, asked, first = _export(design, kept, Path(folder, "first"))
        _, _, second = _export(design, kept, Path(folder, "second"))
    files = len(report.answers)
    return (stack, name, len(design.hosts), files, report.counts["accepted"], asked, round(first, 1), round(second, 1))


def _export(design: Design, kept: Kept, target: Path) -> tuple[ValidationReport, int, float]:
    asked: list[str] = []
    began = time.perf_counter()
    bundle = build(design)
    report = validate(bundle, progress=lambda *step: asked.append(step[2]), kept=kept)
    write_directory(bundle.with_report(report), target)
    return report, len(asked), time.perf_counter() - began
