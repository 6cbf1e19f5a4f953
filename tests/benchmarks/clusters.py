"""Ten clusters: the five stages of one site in today's stack and in that of chapter 21."""

from __future__ import annotations

from functools import cache

from topology.design import Design, Site, Stack
from topology.stages import evolve, first
from topology.workload import RequestClass, Workload

WORKLOAD = Workload(
    peak_requests_per_second=120,
    classes={
        "page": RequestClass(share=0.3, app_cpu_ms=20, database_cpu_ms=4, database_calls=8),
        "media": RequestClass(share=0.7),
    },
    database_gib=2,
)
SITE = Site(name="newspaper", domains=("www.newspaper.example",))
STACKS: tuple[Stack, ...] = ("today", "chapter21")


@cache
def clusters(stack: Stack) -> dict[str, Design]:
    """The design of every stage, by its name."""
    stages = evolve(first(SITE, WORKLOAD, stack=stack, name=f"newspaper-{stack}"))
    return {view.name: view.design for view in stages.views}


def every_cluster() -> list[tuple[Stack, str, Design]]:
    """Stack, stage and design of all ten."""
    return [(stack, name, design) for stack in STACKS for name, design in clusters(stack).items()]
