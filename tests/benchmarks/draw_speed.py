"""Drawing of a large plan, from the design to the SVG, against bare `dot` on the same DOT in the same run."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests import builders
from topology.design import Design
from topology.diagrams import draw
from topology.diagrams.engine import run

WEB, CACHE, MEDIA = 0.93, 0.04, 0.02
"""Shares of the servers by tier; the rest are balancers and databases."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU seconds of this process and its children."""

    ours: float
    bare: float

    @property
    def times(self) -> float:
        """Ours over bare `dot`."""
        return self.ours / self.bare


def cluster_of(servers: int) -> Design:
    """A design of about so many servers in five tiers, each run of equal ones drawn as one box."""

    def tier(name: str, share: float, kind: str, *roles: str) -> dict[str, object]:
        return {"name": name, "servers": {"count": max(1, round(servers * share)), "type": kind}, "roles": list(roles)}

    return builders.newspaper(
        tiers=[
            tier("balancer", 0.005, "small", "haproxy"),
            tier("web", WEB, "medium", "nginx", "gunicorn", "pgbouncer", "nfs_client"),
            tier("media", MEDIA, "small", "nginx_media", "nfs_server"),
            tier("cache", CACHE, "small", "memcached"),
            tier("database", 0.005, "large", "postgresql"),
        ]
    )


def cost_of(design: Design) -> Cost:
    """CPU of the whole drawing, and of `dot` alone on the same text; the least of three runs of each."""
    dot = draw(design).dot
    ours = min(_cpu(lambda: draw(_afresh(design)).svg) for _ in range(3))
    bare = min(_cpu(lambda: run(dot, "svg")) for _ in range(3))
    return Cost(ours=ours, bare=bare)


def _afresh(design: Design) -> Design:
    """The same design without what it has worked out already."""
    return design.model_copy()


def _cpu(work: Callable[[], object]) -> float:
    def children() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    own, theirs = time.process_time(), children()
    work()
    return time.process_time() - own + children() - theirs
