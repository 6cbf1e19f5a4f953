"""Settings of flup, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.demands import guess
from topology.errors import Place, TierwrightError
from topology.fields import Port

WORKER_MIB = guess(35, 85, 250, "a process with a tiny site measured 35 MiB (PSS) here; a real one imports more")
THREAD_MIB = guess(0.2, 2, 8, "a thread's stack and what its request holds")
PARENT_MIB = guess(10, 25, 60, "the parent has loaded the site too, and shares most of it with its children")
NEIGHBOURS = ("sql", "sql_replica", "cache", "nfs")
"""Services that need memory of their own on the same server."""
Count = Annotated[int, Field(ge=1, le=512)]


class FlupSettings(Settings):
    """Settings of the role flup."""

    method: Literal["prefork", "threaded"] | None = None
    """One process for each request in work, or one process with threads, which take turns at Python; prefork by
    default."""
    maxchildren: Count | None = None
    """Processes of each site with prefork; by default 2 × cores + 1, shared by the sites, as far as memory goes."""
    minspare: Count | None = None
    """Idle processes or threads that are kept ready; by default all of them."""
    maxspare: Count | None = None
    """Idle processes or threads above which some are ended; by default all of them stay."""
    maxthreads: Count | None = None
    """Threads of each site's one process with threaded; when all are busy, connections are closed at once."""
    maxrequests: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Requests after which a process of prefork starts anew, against leaks of memory; 0 is never."""
    transport: Literal["socket", "tcp"] | None = None
    """A Unix socket, or a port; by default a socket where the web servers are on the same servers, else a port."""
    port: Port | None = None
    """TCP port of the first site, where a port is used; the next sites take the next ones."""
    umask: Annotated[str, Field(pattern=r"^0?[0-7]{3}$")] | None = None
    """What the socket's permissions leave out, in octal; 007 lets its owner and the web server's group in."""
    daemonize: bool | None = None
    """Whether it leaves the foreground and is known by its pid file, as in 2006; by default systemd keeps it."""
    own_user: bool | None = None
    """Whether each site runs as a user of its own, site-NAME, in place of www-data, so that no site reads another's."""


def size(placed: Placed) -> Sizing:
    """Processes, threads, slots and limits of one server."""
    sizer = Sizer(placed.written)
    method = sizer.set("method", "prefork", "Python computes on one core a process; threads would take turns")
    slots = _set_threads(sizer) if method == "threaded" else _set_children(sizer, placed)
    sizer.set("slots", slots, "processes or threads: requests of one site that are in work at once")
    _set_spares(sizer, placed, slots)
    _set_limits(sizer, placed)
    return sizer.done()


def _set_threads(sizer: Sizer) -> int:
    sizer.set("processes", 1, "threads share one process")
    threads: int = sizer.set("maxthreads", 10, "a rule of thumb: one computes while the others wait for the database")
    return threads


def _set_children(sizer: Sizer, placed: Placed) -> int:
    cores, sites = placed.host.type.cores, len(placed.cluster.sites)
    share, ram = memory_share(placed), placed.host.type.ram_mib
    children: int = sizer.set(
        "maxchildren",
        sizing.app_workers(cores=cores, sites=sites, budget_mib=ram * share, worker_mib=WORKER_MIB.high),
        "min((2 × cores + 1) / sites, memory share × RAM / (sites × MiB of a large process)), at least 1",
        cores=cores,
        sites=sites,
        ram_mib=ram,
        memory_share=share,
        worker_mib=WORKER_MIB.high,
    )
    sizer.set("processes", children, "a process each request", maxchildren=children)
    sizer.set("maxrequests", 0, "no leak is assumed until one is seen")
    return children


def _set_spares(sizer: Sizer, placed: Placed, slots: int) -> None:
    most = sizer.set("maxspare", slots, "all stay: one that is started under load loads what it lacks while many wait")
    least = sizer.set("minspare", most, "all are there from the start", maxspare=most)
    if not least <= most <= slots:
        raise TierwrightError(
            f"flup keeps minspare {least} to maxspare {most} idle of {slots} in all; write numbers that rise in this"
            " order, or leave them out",
            place=Place(path=f"tier {placed.host.tier}"),
        )


def _set_limits(sizer: Sizer, placed: Placed) -> None:
    limit = placed.cluster.limits.request_seconds
    chain = sizing.timeouts(limit)
    sizer.set("port", 3033, "the port of the chapter's examples")
    sizer.set("umask", "007", "the owner and the web server's group may connect, nobody else")
    sizer.set("backlog", 511, "requests that wait for a free process; below Linux's somaxconn of 4096")
    sizer.set("daemonize", False, "systemd sees a program in the foreground end, and starts it again")
    sizer.set("own_user", False, "www-data has one number on every server, so files over NFS have one owner")
    sizer.set("timeout", chain.request, "time that one request may take; prefork only", request_seconds=limit)
    sizer.set("stop_seconds", chain.stop, "above the time that one request may take", request_seconds=limit)


def memory_share(placed: Placed) -> float:
    """Share of the server's memory for processes: half beside a database or cache, else three quarters."""
    beside = {host.name for host in placed.cluster.hosts_offering(*NEIGHBOURS)}
    return 0.5 if placed.host.name in beside else 0.75
