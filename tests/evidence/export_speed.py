"""Export of 10, 100 and 1,000 hosts, without validation and with it: the cost of a host stays what it was."""

from __future__ import annotations

from tests.benchmarks.export_speed import Cost, cost_of, plan_of
from tests.evidence import Cell, Evidence

ISSUE = 1
SIZES = (10, 100, 1000)
LINEAR = 2.0
"""Growth of a host's cost from a hundred hosts to a thousand that still counts as linear."""


def measure() -> Evidence:
    """Each size once without and once with validation."""
    plain = [cost_of(plan_of(size), checked=False) for size in SIZES]
    checked = [cost_of(plan_of(size), checked=True) for size in SIZES]
    growth = plain[-1].cpu_ms_per_host / plain[-2].cpu_ms_per_host
    return Evidence(
        title="Export of 10, 100 and 1,000 hosts",
        command="bin/evidence 1 --only export_speed",
        passed=growth <= LINEAR and all(cost.report.counts["accepted"] == cost.files for cost in checked),
        columns=(
            *("hosts", "validated", "files", "bundle MB", "CPU s", "CPU ms a host", "wall s"),
            *("programs asked", "files accepted"),
        ),
        rows=tuple(_row(cost) for pair in zip(plain, checked, strict=True) for cost in pair),
        text=(
            f"From a hundred hosts to a thousand the CPU of one host grows {growth:.2f} times without validation."
            " The bundle itself grows a little faster than the hosts, since each hosts file names every server. An"
            " answer is taken over only from a server with the same files of the role, settings, type, neighbours and"
            " connections; every other file is read by its program."
        ),
    )


def _row(cost: Cost) -> tuple[Cell, ...]:
    return (
        *(cost.hosts, cost.asked > 0, cost.files, round(cost.megabytes, 2)),
        *(round(cost.cpu_seconds, 2), round(cost.cpu_ms_per_host, 2), round(cost.wall_seconds, 2)),
        *(cost.asked, cost.report.counts["accepted"]),
    )
