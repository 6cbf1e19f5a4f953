"""A design bereft of one server: what stops, and what those that are left carry."""

from __future__ import annotations

from dataclasses import dataclass

from topology.capacity.answer import Forecast
from topology.capacity.engine import DEFAULT_LIMITS, forecast, workload_of
from topology.capacity.equals import equals_of, left_in_cache
from topology.capacity.failures import Failure, failure_of
from topology.capacity.folding import cluster_of
from topology.capacity.study import cooled, study_of
from topology.components import Limits as ClusterLimits
from topology.design import Design
from topology.workload import Workload


@dataclass(frozen=True, kw_only=True)
class Bereft:
    """A design with one of its servers dead."""

    server: str
    failure: Failure | None
    """What its death does at the peak; None where no request needs it, or no capacity is claimed of the design."""
    forecast: Forecast | None
    """Of what is left, with the settings that it has; None where some kind of request stops."""
    says: str


def without(
    design: Design, server: str, workload: Workload | None = None, *, limits: ClusterLimits = DEFAULT_LIMITS
) -> Bereft:
    """The design with the named server dead, under a workload (by default its own); survivors keep their settings.

    A cache that lost a server answers that much less. Raises TierwrightError for a server that the design has not,
    and as `forecast` does.
    """
    asked = workload or workload_of(design)
    small = cluster_of(design, asked, limits=limits, lost=(server,))
    study = study_of(small.cluster, asked)
    [dead] = small.lost
    group = next((group for group in equals_of(study.network) if dead in group.hosts), None)
    if group is None or not study.carries:
        left = forecast(design, asked, limits=limits, lost=(server,))
        return Bereft(server=server, failure=None, forecast=left, says=_unmoved(server, carries=study.carries))
    failure = failure_of(study, group, lost=small.lost)
    if failure.stops:
        return Bereft(server=server, failure=failure, forecast=None, says=failure.says)
    share = left_in_cache(study, group, 1)
    left = forecast(design, asked, limits=limits, lost=(server,), change=None if share == 1 else cooled(share))
    return Bereft(server=server, failure=failure, forecast=left, says=failure.says)


def _unmoved(server: str, *, carries: bool) -> str:
    if not carries:
        return "No capacity is claimed of this design with all its servers, so none is without one."
    return f"No request needs {server}: the site goes on as before."
