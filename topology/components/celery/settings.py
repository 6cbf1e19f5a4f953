"""Settings of Celery's worker and beat, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.demands import guess
from topology.errors import Place, TierwrightError

WORKER, BEAT = "celery_worker", "celery_beat"
CHILD_MIB = guess(
    30, 90, 250, "a process that holds the site's code, as an application server's: 44 MiB for a tiny site"
)
NEIGHBOURS = ("web", "app", "sql", "cache")
JOB_SECONDS = 300


class CelerySettings(Settings):
    """Settings of the roles celery_worker and celery_beat."""

    concurrency: Annotated[int, Field(ge=1, le=512)] | None = None
    """Jobs that a worker does at once, each in a process, of each site; by default one a core, half beside others."""
    job_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Time after which a job is broken off; a worker that stops leaves its jobs as long."""
    jobs_per_process: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Jobs after which a process starts anew, against leaks of memory; 0 is never."""


def size(placed: Placed) -> Sizing:
    """Processes and times of one server."""
    sizer = Sizer(placed.written)
    if placed.role.name == WORKER:
        _set_processes(sizer, placed)
        sizer.set("jobs_per_process", 0, "no leak is assumed until one is seen")
    limit = sizer.set("job_seconds", JOB_SECONDS, "a guess: nobody said how long the site's jobs take")
    sizer.set("stop_seconds", limit + 10, "above job_seconds: a job that runs is left to end", job_seconds=limit)
    return sizer.done()


def _set_processes(sizer: Sizer, placed: Placed) -> None:
    host, sites = placed.host, len(placed.cluster.sites)
    beside = any(host is other for other in placed.cluster.hosts_offering(*NEIGHBOURS))
    share = 0.5 if beside else 1.0
    by_cores = host.type.cores * share / sites
    by_memory = host.type.ram_mib * sizing.USABLE_SHARE * share / 2 / (sites * CHILD_MIB.high)
    sizer.set(
        "concurrency",
        max(1, int(min(by_cores, by_memory))),
        "share × min(cores / sites, 0.45 × RAM / (sites × MiB of a large process)), at least 1; share is half beside"
        " other roles, whose requests somebody waits for",
        cores=host.type.cores,
        sites=sites,
        ram_mib=host.type.ram_mib,
        share=share,
        process_mib=CHILD_MIB.high,
    )


def refuse_two_clocks(placed: Placed) -> None:
    """Each beat puts every job of the schedule into the queue: two of them, and each job is done twice."""
    cluster = placed.cluster
    hosts = [other.host.name for other in cluster.placed if other.role.name == BEAT]
    if sum(cluster.stands_for(name) for name in hosts) > 1:
        raise TierwrightError(
            f"{BEAT} is on {' and '.join(hosts[:4])}, and each would start every job of the schedule; leave it on one",
            place=Place(path=f"server {placed.host.name}"),
        )
