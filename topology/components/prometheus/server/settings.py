"""Settings of Prometheus, and the limits at which it says something."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.demands import guess

OWN_MIB = guess(
    100, 250, 800, "Prometheus with some tens of servers; it grows with the figures that it keeps in memory"
)
KEPT_FREE = 0.2
"""Share of the processors kept free where the plan promises none; a rule of thumb."""


class PrometheusSettings(Settings):
    """Settings of the role prometheus."""

    scrape_seconds: Annotated[int, Field(ge=5, le=300)] | None = None
    """Seconds between two questions to one exporter; 15 by default."""
    keep_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days for which figures are kept; 15 by default, as Prometheus itself."""
    cpu_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Use of a server's processors above which it says something; by default what the plan's headroom leaves."""
    memory_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Use of a server's memory above which it says something; 90 by default, the share that plans are made with."""
    disk_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Use of a file system above which it says something; 85 by default."""
    requests_per_second: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Requests of the public, a second, above which it says something; by default the peak that the plan is for."""


def size(placed: Placed) -> Sizing:
    """How often it asks, what it keeps, and the limits."""
    sizer = Sizer(placed.written)
    sizer.set("scrape_seconds", 15, "four figures a minute show what lasts; a rule of thumb")
    sizer.set("evaluate_seconds", 15, "as often as new figures come")
    sizer.set("keep_days", 15, "what Prometheus keeps by itself")
    _set_limits(sizer, placed)
    return sizer.done()


def _set_limits(sizer: Sizer, placed: Placed) -> None:
    promise = placed.cluster.design.promise
    written = promise.headroom if promise else None
    free = KEPT_FREE if written is None else float(written)
    formula = "100 × (1 - headroom of the plan)" if written is not None else "100 × (1 - 0.2), a rule of thumb"
    sizer.set("cpu_percent", max(1, round(100 * (1 - free))), formula, headroom=free)
    sizer.set("memory_percent", 90, "the share of memory that a plan may use, 0.9 (a rule of thumb)")
    sizer.set("disk_percent", 85, "enough left for the time that somebody needs to come; a rule of thumb")
    workload = placed.cluster.workload
    peak = float(workload.peak.mid) if workload else 0.0
    sizer.set(
        "requests_per_second",
        round(peak),
        "the peak that the plan is for, its expected value" if workload else "no limit: the plan knows no workload",
        peak=peak,
    )
