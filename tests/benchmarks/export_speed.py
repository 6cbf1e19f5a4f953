"""Export of plans of any size: what a host costs, from the design to the bundle on disk, with and without checks."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests import builders
from topology.bundles import ValidationReport, build, unvalidated, validate, write_directory
from topology.design import Design

LEFT_OUT = "left out of this measurement"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one export took."""

    hosts: int
    files: int
    megabytes: float
    """Size of the bundle, 10^6 bytes."""
    cpu_seconds: float
    """Of this process and of every program that it asked."""
    wall_seconds: float
    asked: int
    """Distinct checks by real programs; 0 where validation was left out."""
    report: ValidationReport

    @property
    def cpu_ms_per_host(self) -> float:
        """CPU milliseconds that one host costs."""
        return 1000 * self.cpu_seconds / self.hosts


def plan_of(hosts: int) -> Design:
    """A design of exactly so many servers, at least 10, in five tiers: nine tenths of them web servers."""
    few = max(1, hosts // 50)
    counts = {"balancer": 2, "media": few, "cache": few, "database": 1}
    counts["web"] = hosts - sum(counts.values())
    kinds = {"balancer": "small", "web": "small", "media": "small", "cache": "small", "database": "large"}
    roles = {
        "balancer": ["haproxy"],
        "web": ["nginx", "gunicorn", "nfs_client"],
        "media": ["nginx_media", "nfs_server"],
        "cache": ["memcached"],
        "database": ["postgresql"],
    }
    tiers = [{"name": n, "servers": {"count": counts[n], "type": kinds[n]}, "roles": roles[n]} for n in roles]
    return builders.newspaper(tiers=tiers)


def cost_of(design: Design, *, checked: bool) -> Cost:
    """Export once, into a directory that is thrown away."""
    asked: list[str] = []
    wall, cpu = time.perf_counter(), _cpu()
    bundle = build(design)
    report = (
        validate(bundle, progress=lambda *step: asked.append(step[2])) if checked else unvalidated(bundle, LEFT_OUT)
    )
    with tempfile.TemporaryDirectory() as folder:
        write_directory(bundle.with_report(report), Path(folder, "out"))
        cpu, wall = _cpu() - cpu, time.perf_counter() - wall
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return Cost(
        hosts=len(design.hosts),
        files=len(bundle.files),
        megabytes=size / 1e6,
        cpu_seconds=cpu,
        wall_seconds=wall,
        asked=len(asked),
        report=report,
    )


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
