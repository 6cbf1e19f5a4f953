"""The files of ten clusters rendered by us and by Ansible's template module, in one run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.ansible_speed import ansibles, ours
from tests.benchmarks.clusters import clusters
from tests.evidence import Evidence

ISSUE = 3
TARGET = 50
STAGES = ("single", "split_database", "media_server", "load_balanced", "big")


def measure() -> Evidence:
    """Every stage of today's stack; Ansible takes seconds for a host, so the other stack is left out."""
    rows, ratios = [], []
    for name in STAGES:
        design = clusters("today")[name]
        mine = ours(design)
        with tempfile.TemporaryDirectory() as folder:
            theirs = ansibles(design, Path(folder))
        ratio = theirs.seconds / mine.seconds
        ratios.append((ratio, mine.same and theirs.same))
        rows.append(
            (name, len(design.hosts), mine.files, round(1000 * mine.seconds, 2), round(theirs.seconds, 2), round(ratio))
        )
    return Evidence(
        title="Rendering, beside Ansible's template module",
        command="bin/evidence 3 --only rendering_speed",
        passed=all(ratio >= TARGET and same for ratio, same in ratios),
        columns=("stage", "hosts", "files", "ours, CPU ms", "Ansible, CPU s", "times as fast"),
        rows=tuple(rows),
        text=(
            f"Ours reads the plan, resolves the cluster, derives every number and renders every file. Ansible gets the"
            " numbers worked out: a template a file with the host's address as its variable, a play a host, facts off,"
            " a local connection. Both write the same bytes, which is checked. CPU seconds of all processes; the"
            f" target is {TARGET} times. Ansible also compares each file with what is there and starts a Python for"
            " each, which is most of what it takes."
        ),
    )
