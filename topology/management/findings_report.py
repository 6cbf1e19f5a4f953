"""Findings as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks import Finding


def lines_of(finding: Finding) -> Iterator[str]:
    """A finding for a terminal."""
    level = finding.level if finding.state == "fails" else f"{finding.level}, {finding.state}"
    yield f"{level}: {finding.check}, {finding.where}: {finding.says}"
    yield f"  {finding.fix}"
    if finding.state == "waived":
        yield f"  taken on by {finding.waived_by}: {finding.reason}"
