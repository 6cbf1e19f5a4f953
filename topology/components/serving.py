"""What the programs that run a site's Python share: where they listen, whom they ask, what a page costs, their unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from topology.components.base import DYNAMIC, ConfigFile, Demand, Endpoint, Memory, Need, Placed, Reason, Speech
from topology.components.rendering import Written, fixed, joined, sections, words
from topology.components.units import Lines, hardening
from topology.demands import CACHED_PAGE_APP, bytes_of, demand_of
from topology.design import Site
from topology.value import Estimate
from topology.workload import Kind, RequestClass

Listen = tuple[Site, str | None, int]
"""A site with its socket, or None and its port."""
USER = "www-data"
"""Debian gives it one number on every host, so that files over NFS have the same owner everywhere."""
NOTIFYING: Lines = (("Type", "notify"), ("NotifyAccess", "main"))
"""Of a unit whose program says when it is ready."""
RELOAD = fixed("/bin/kill -s HUP $MAINPID")


def is_beside_web(placed: Placed) -> bool:
    """Whether every web server is beside an application; one without needs a port to reach it by."""
    web = {host.name for host in placed.cluster.hosts_offering("web")}
    app = {host.name for host in placed.cluster.hosts_offering("app")}
    return placed.host.name in web and web <= app


def listens(placed: Placed, *, socket: str, port: int, by_socket: bool | None = None) -> tuple[Listen, ...]:
    """Every site with the socket of this file name in its own directory of /run, else with its port.

    `port` is that of the first site, the next ones have the next. `by_socket` says which where a plan does.
    """
    sites = placed.cluster.sites
    if is_beside_web(placed) if by_socket is None else by_socket:
        return tuple((site, f"/run/{site.name}/{socket}", 0) for site in sites)
    return tuple((site, None, port + number) for number, site in enumerate(sites))


def endpoints(listening: Iterable[Listen], *, slots: int, processes: int, speaks: Speech = "") -> tuple[Endpoint, ...]:
    """The application of every site: its slots, and how many requests it can compute at once."""
    return tuple(
        Endpoint(
            service="app",
            port=port,
            socket=socket,
            carries=DYNAMIC,
            slots=slots,
            processes=processes,
            site=site.name,
            speaks=speaks,
        )
        for site, socket, port in listening
    )


def needs(placed: Placed, slots: int) -> tuple[Need, ...]:
    """The database, by a pool where there is one, and the cache: a connection of each for every slot of every site."""
    connections = slots * len(placed.cluster.sites)
    return (
        Need(services=("pool", "sql"), why="asks the database", connections=connections, local_first=True),
        Need(services=("cache",), why="asks the cache", connections=connections),
    )


def page_demand(kind: Kind, item: RequestClass, besides: Estimate | None = None) -> Demand | None:
    """(1 - cached share) x the view's CPU + cached share x a page from the cache; nothing for files.

    `besides` is what the program itself adds to each request, in CPU milliseconds.
    """
    if kind not in DYNAMIC:
        return None
    cost = demand_of(item, kind)
    cpu_ms, cached = cost.app_cpu_ms, cost.cached_share
    if cached.high > 0:
        cpu_ms = cpu_ms.times(cached.rest()).plus(CACHED_PAGE_APP.times(cached))
    return Demand(cpu_ms=cpu_ms if besides is None else cpu_ms.plus(besides), bytes_out=bytes_of(item, kind))


def memory(placed: Placed, *, processes: str, each: Estimate, count: int, master: Estimate) -> Memory:
    """Processes of every site, called as their program calls them, and the one that minds them."""
    parts: dict[str, Estimate] = {}
    for site in placed.cluster.sites:
        parts[f"{processes} of {site.name}"] = each.scaled(count)
        parts[f"master of {site.name}"] = master
    return Memory(parts=parts)


def clients(placed: Placed) -> str:
    """The web servers that pass requests on, by address; loopback where none is elsewhere."""
    edges = [edge for edge in placed.cluster.edges_to(placed.host.name, "app") if edge.endpoint.socket is None]
    addresses = dict.fromkeys(placed.cluster.host(edge.client).address for edge in edges)
    return joined(*(addresses or ["127.0.0.1"]))


def unit_name(site: Site) -> str:
    """Name of the systemd unit of a site's application."""
    return f"app-{site.name}.service"


def order(site: Site, *description: str) -> Iterator[tuple[str, Written]]:
    """What a site's unit is called, and what it waits for."""
    yield "Description", words(*description, "for", site.name)
    yield "Wants", "network-online.target"
    yield "After", "network-online.target"
    yield "RequiresMountsFor", f"{site.root}/media"


def secrets(placed: Placed, site: Site) -> Iterator[tuple[str, Written]]:
    """The secrets that systemd reads as root and shows to a site's unit alone."""
    for name in placed.cluster.secrets_of(placed.host.name, site):
        yield "LoadCredential", f"{name}:/etc/{site.name}/secrets/{name}"


def unit(
    placed: Placed,
    site: Site,
    *,
    program: str,
    start: Written,
    stop_seconds: int,
    reasons: tuple[Reason, ...],
    name: str = "",
    kind: Lines = NOTIFYING,
    reload: Written = RELOAD,
    user: str = USER,
) -> ConfigFile:
    """The hardened unit of a site's application; it runs as `user` in the group of the web server."""
    name = name or unit_name(site)
    service: list[tuple[str, Written]] = [
        *kind,
        ("User", user),
        ("Group", USER),
        ("RuntimeDirectory", site.name),
        ("RuntimeDirectoryMode", "0750"),
        ("ExecStart", start),
        ("ExecReload", reload),
        ("KillMode", "mixed"),
        ("TimeoutStopSec", stop_seconds),
        ("Restart", "always"),
        ("RestartSec", 2),
        ("UMask", "0027"),
        *(("ReadWritePaths", f"-{folder}") for folder in _written(placed, site)),
        *secrets(placed, site),
        *hardening(),
    ]
    return site_unit(name, [("Unit", order(site, program)), ("Service", service)], reasons)


def site_unit(name: str, parts: Iterable[tuple[str, Lines]], reasons: tuple[Reason, ...]) -> ConfigFile:
    """A unit of a site, started with the server."""
    text = sections([*parts, ("Install", [("WantedBy", "multi-user.target")])])
    return ConfigFile(path=f"/etc/systemd/system/{name}", text=text, action="restart", unit=name, reasons=reasons)


def _written(placed: Placed, site: Site) -> Iterator[str]:
    """Where the site may write: its media, and the folder of a database in a file."""
    yield f"{site.root}/media"
    for edge in placed.cluster.edges_from(placed, "pool", "sql"):
        if edge.endpoint.socket and edge.endpoint.site == site.name:
            yield edge.endpoint.socket.rpartition("/")[0]


def preparation_lines(site: Site, *, python: str = "python3", package: str = "", user: str = USER) -> tuple[str, ...]:
    """Shell lines that make a site's virtual environment, with `package` in it, and its directories."""
    install = (f"{site.root}/venv/bin/pip install {package}",) if package else ()
    return (
        f"{python} -m venv {site.root}/venv",
        *install,
        f"install -d -o {user} -g {USER} {site.root}/static {site.root}/media",
    )
