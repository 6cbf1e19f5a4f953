"""The main file of Apache: one whole apache2.conf, so that a host does not depend on what Debian enabled on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from topology import sizing as rules
from topology.components.base import ConfigFile, Placed, Sizer, Sizing
from topology.components.fronting import balancers_of
from topology.components.rendering import render

UNIT = "apache2.service"
MAIN = "/etc/apache2/apache2.conf"
SITES = "/etc/apache2/tierwright"
"""The folder that the main file includes: each role puts its own site file there, sites_path(role)."""
LOG_FOLDER = "/var/log/apache2"
USER = "www-data"
MODULES = "/usr/lib/apache2/modules"
EVERY_ROLE = ("authz_core", "mime", "reqtimeout", "headers", "setenvif")
"""Modules that the main file itself speaks to; the roles add theirs."""
MAIN_SETTINGS = ("timeout", "keepalive_timeout", "upload_mib", "listen_backlog", "header_seconds", "graceful_seconds")

Mpm = Literal["prefork", "event"]


@dataclass(frozen=True, kw_only=True)
class Workers:
    """What the MPM starts: processes, each with threads (1 with prefork)."""

    processes: int
    threads: int = 1
    requests_per_child: int = 0
    """MaxConnectionsPerChild, the MaxRequestsPerChild of 2006; 0 is never, 1 loads the code anew for each request."""
    start: int | None = None
    """Processes at the start; by default all of them."""

    @property
    def slots(self) -> int:
        """MaxRequestWorkers: requests that Apache works on at once."""
        return self.processes * self.threads


def main_file(
    placed: Placed,
    *,
    modules: Sequence[str],
    mpm: Mpm,
    workers: Workers,
    sizing: Sizing,
    ports: Sequence[int] = (80,),
) -> ConfigFile:
    """apache2.conf with its MPM, modules, account, logs and limits.

    `modules` are names without `_module`, in the order in which they are loaded after those of EVERY_ROLE.
    `sizing` must hold what set_main() settles.
    """
    balancers = balancers_of(placed)
    loaded = dict.fromkeys((*EVERY_ROLE, *(("remoteip",) if balancers else ()), *modules))
    text = render(
        placed.component,
        "apache2.conf.j2",
        name=placed.host.name,
        mpm=mpm,
        modules=list(loaded),
        folder=MODULES,
        ports=list(ports),
        workers={
            "processes": workers.processes,
            "threads": workers.threads,
            "slots": workers.slots,
            "start": workers.processes if workers.start is None else workers.start,
            "requests_per_child": workers.requests_per_child,
        },
        balancers=balancers,
        user=USER,
        logs=LOG_FOLDER,
        sites=SITES,
        upload_bytes=sizing["upload_mib"] * 1024 * 1024,
        s={name: sizing[name] for name in MAIN_SETTINGS},
    )
    return ConfigFile(path=MAIN, text=text, action="restart", unit=UNIT, reasons=sizing.reasons)


def sites_path(role: str) -> str:
    """Path of the site file of a role."""
    return f"{SITES}/{role}.conf"


def set_main(sizer: Sizer, placed: Placed, *, keep_alive: bool) -> None:
    """Settle what the main file needs: timeouts, the largest upload, the queue of connections.

    `keep_alive`: an idle connection of a browser costs next to nothing (event); with prefork it would hold a process.
    """
    limits = placed.cluster.limits
    chain = rules.timeouts(limits.request_seconds)
    sizer.set(
        "timeout",
        chain.proxy,
        "seconds that Apache waits for a stalled client or backend: above the time that one request may take",
        request_seconds=limits.request_seconds,
    )
    sizer.set(
        "graceful_seconds",
        chain.graceful,
        "what a stopping Apache leaves its requests to end: the time that one may take",
        request_seconds=limits.request_seconds,
    )
    _set_keep_alive(sizer, placed, chain, keep_alive=keep_alive)
    sizer.set("upload_mib", limits.upload_mib, "the largest upload, the same at every hop")
    sizer.set("listen_backlog", 511, "Apache's own default, far below Linux's somaxconn of 4096")
    sizer.set("header_seconds", 10, "a browser sends its headers at once; who drips them holds a worker no longer")


def _set_keep_alive(sizer: Sizer, placed: Placed, chain: rules.Timeouts, *, keep_alive: bool) -> None:
    if not keep_alive:
        formula = "an idle connection would hold a whole process with its Python: 36 MiB each were measured"
        sizer.set("keepalive_timeout", 0, formula)
    elif _is_behind_balancer(placed):
        sizer.set("keepalive_timeout", chain.idle_inner, "above the balancer's, which must close first")
    else:
        sizer.set("keepalive_timeout", chain.idle_edge, "long enough for the files of one page")


def _is_behind_balancer(placed: Placed) -> bool:
    """Asked of what roles may offer, since endpoints are not known yet while settings are worked out."""
    own = placed.component.offers.get(placed.role.name, ())
    return "balancer" not in own and bool(placed.cluster.hosts_offering("balancer"))
