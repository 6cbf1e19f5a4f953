"""Generated plans are read, written as YAML and read again, and nothing is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from tests import builders
from tests.evidence import Evidence
from topology import document
from topology.components import catalogue

ISSUE = 1
COUNT = 20_000


def measure(count: int = COUNT) -> Evidence:
    """Round-trip `count` generated plans; a plan that does not come back raises."""
    seen: set[str] = set()
    servers = 0

    @settings(
        max_examples=count, phases=[Phase.generate], deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(builders.plans())
    def round_trip(data: dict[str, Any]) -> None:
        nonlocal servers
        design = document.from_data(data, catalogue=catalogue())
        again = document.load(document.to_yaml(design), catalogue=catalogue())
        assert again == design
        assert document.canonical(again) == document.canonical(design)
        seen.add(document.digest(design))
        servers += len(design.hosts)

    round_trip()
    return Evidence(
        title="Generated designs round-trip",
        command="bin/evidence 1 --only designs_round_trip",
        passed=True,
        columns=("generated plans", "distinct digests", "servers in them", "lost or changed"),
        rows=((count, len(seen), servers, 0),),
    )
