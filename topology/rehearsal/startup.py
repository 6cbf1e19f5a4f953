"""Starts every host of a bundle in the order in which its roles stand on each other, and waits until each answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from topology.bundles import Bundle
from topology.components import Cluster, Endpoint, Placed
from topology.design import Site
from topology.errors import TierwrightError
from topology.rehearsal.hosts import Host, Rack
from topology.rehearsal.installation import (
    DIRECT,
    direct_settings,
    has_app,
    make_data,
    make_venv,
    manage,
    project_files,
)
from topology.rehearsal.listening import listens
from topology.rehearsal.mounts import kernel_has_nfs, stand_in_for_nfs_server
from topology.rehearsal.preparations import Preparing
from topology.rehearsal.supervision import Services

READY_SECONDS = 120.0
DATABASES = ("sql", "sql_replica")
NFS_SERVER = "nfs-server.service"
Telling = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Started:
    """What became of the start of a bundle."""

    seconds: float
    units: Mapping[str, tuple[str, ...]]
    """Units that were started, by host."""
    stand_ins: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    """The last words of every unit of the hosts with the site's code, where a question was not answered well."""


class Startup:
    """The start of one bundle on a rack."""

    def __init__(self, bundle: Bundle, rack: Rack, tell: Telling) -> None:
        self.bundle = bundle
        self.cluster = bundle.cluster
        self.rack = rack
        self.services = {name: Services(host) for name, host in rack.hosts.items()}
        self._tell = tell
        self._preparing = Preparing(self.cluster, self.services)
        self._stand_ins: list[str] = []
        self._last: dict[tuple[str, str], Placed] = {}

    def start(self) -> Started:
        """Install, prepare and start everything; raises TierwrightError at the first program that does not run."""
        began = time.monotonic()
        _in_parallel(self._install, list(self.rack.hosts))
        order = in_order(self.cluster)
        # A unit whose files several roles write, such as an application's and its settings', starts with the last.
        # Who only looks at a program adds to its files, and does not start it.
        last = sorted(order, key=lambda placed: not placed.component.implied_where)
        self._last = {(p.host.name, unit): p for p in last for unit in self._units(p)}
        late = [placed for placed in order if any(each.migrated for each in placed.component.preparations(placed))]
        for placed in order:
            if placed in late:
                self._preparing.prepare(placed)
            else:
                self._start_role(placed)
        self._fill()
        for placed in sorted(late, key=self._is_primary):  # which copies its rows to the others, once they have tables
            self._preparing.prepare(placed, migrated=True)
            self._start_units(placed)
            self._wait(placed)
        return Started(
            seconds=time.monotonic() - began,
            units={name: tuple(services.started) for name, services in self.services.items()},
            stand_ins=self._said_stand_ins(),
        )

    def said(self) -> tuple[str, ...]:
        """The last words of every unit on the hosts with the site's code."""
        hosts = [self.services[host.name] for host in self.cluster.hosts_offering("app")]
        words = ((s.host.name, unit, s.said(unit)) for s in hosts for unit in s.started)
        return tuple(f"{host} {unit}:\n{said}" for host, unit, said in words if said)

    def _install(self, name: str) -> None:
        """The host as it is when packages, code and the bundle's files are there, and nothing was started."""
        host, files = self.rack.hosts[name], self.bundle.by_host[name]
        for unit in dict.fromkeys(file.config.unit for file in files):
            make_data(host, unit)
        host.lay(file.config for file in files)
        if has_app(self.cluster, name):
            for site in self.cluster.sites:
                host.lay(project_files(site))
        self.services[name].make_runtime()

    def _start_role(self, placed: Placed) -> None:
        self._tell(f"{placed.host.name}: {placed.role.name}")
        offered = placed.component.offers.get(placed.role.name, ())
        runs_already = any(service in DATABASES for service in offered)  # its package started it when it was installed
        if not runs_already:
            self._preparing.prepare(placed)
        self._start_units(placed)
        self._wait(placed)
        if runs_already:
            self._preparing.prepare(placed)
            self._wait(placed)

    def _start_units(self, placed: Placed) -> None:
        for unit in self._units(placed):
            if self._last[placed.host.name, unit] is placed:
                self._start_unit(placed.host.name, unit)

    def _units(self, placed: Placed) -> Iterator[str]:
        """Units of a role's files, mounts before what may stand on them."""
        units = {f.config.unit for f in self.bundle.by_host[placed.host.name] if any(r is placed for r in f.roles)}
        yield from sorted(units - {""}, key=lambda unit: (not unit.endswith(("mount", ".socket")), unit))

    def _start_unit(self, host: str, unit: str) -> None:
        if unit == NFS_SERVER and not kernel_has_nfs():
            self._stand_ins.append(stand_in_for_nfs_server(self.rack.hosts[host]))
        else:
            self.services[host].start(unit)

    def _wait(self, placed: Placed) -> None:
        """Wait until every endpoint of a role is listened at; a database in a file has nobody behind it."""
        if not any(self._units(placed)):
            return
        services = self.services[placed.host.name]
        until = time.monotonic() + READY_SECONDS
        for endpoint in self.cluster.endpoints_of(placed):
            while not listens(services.host, endpoint):
                why = services.why_ended()
                if why or time.monotonic() > until:
                    raise TierwrightError(why or _silent(placed, endpoint, services))
                time.sleep(0.05)

    def _fill(self) -> None:
        """Migrate the database, and collect the static files, as the person would who installs the site."""
        hosts = [self.rack.hosts[each.name] for each in self.cluster.hosts_offering("app")]
        for site in self.cluster.sites:
            self._tell(f"{hosts[0].name}: migrate and collectstatic of {site.name}")
            self._manage(hosts, site)

    def _is_primary(self, placed: Placed) -> bool:
        return placed.host in self.cluster.hosts_offering("sql")

    def _manage(self, hosts: list[Host], site: Site) -> None:
        for host in hosts:
            if not (host.root / f"{site.root}/venv/bin/python3".lstrip("/")).is_symlink():
                make_venv(host, f"{site.root}/venv")
        hosts[0].lay([direct_settings(site, self._primary(), self._preparing.password)])
        manage(hosts[0], site, "migrate", "--no-input", "--verbosity=0", f"--settings={DIRECT}")
        for host in hosts:
            manage(host, site, "collectstatic", "--no-input", "--verbosity=0")

    def _primary(self) -> tuple[str, int] | None:
        """Address and port of the database that takes the writes; None where no server of the design keeps it.

        Also None where no replica is there: the site's own way leads nowhere else then.
        """
        offers = self.cluster.providers("sql")
        if not offers or not self.cluster.providers("sql_replica"):
            return None
        return offers[0].placed.host.address, offers[0].endpoint.port

    def _said_stand_ins(self) -> tuple[str, ...]:
        """What stood in for what, each with the hosts where it did."""
        found: dict[str, list[str]] = {text: [] for text in self._stand_ins}
        for host, services in self.services.items():
            for text in services.stand_ins:
                found.setdefault(text, []).append(host)
        return tuple(f"{', '.join(hosts)}: {text}" if hosts else text for text, hosts in found.items())


def in_order(cluster: Cluster) -> list[Placed]:
    """Every role after those that it asks; among equals in the order of the plan."""
    waiting = {placed.key: placed for placed in cluster.placed}
    order: list[Placed] = []
    while waiting:
        ready = [placed for placed in waiting.values() if not any(e in waiting for e in _asks(cluster, placed))]
        if not ready:
            raise TierwrightError(f"these roles wait for each other: {', '.join(f'{h}/{r}' for h, r in waiting)}")
        for placed in sorted(ready, key=lambda placed: bool(cluster.endpoints_of(placed))):
            order.append(waiting.pop(placed.key))
    return order


def _asks(cluster: Cluster, placed: Placed) -> Iterator[tuple[str, str]]:
    """The roles that a role asks or looks at, and those of its own host that offer nothing and that others stand on."""
    for edge in cluster.edges_from(placed):
        if edge.server_role != edge.client_role:  # equals, such as those of one virtual address, do not wait
            yield edge.server, edge.server_role
    for beside in cluster.by_host[placed.host.name]:
        if beside.role.name in placed.component.implied_by:  # it is there because of that one, to look at it
            yield beside.key
    if cluster.endpoints_of(placed):
        for beside in cluster.by_host[placed.host.name]:
            if not cluster.endpoints_of(beside) and not cluster.edges_to(beside.host.name, *beside.component.offers):
                yield beside.key


def _silent(placed: Placed, endpoint: Endpoint, services: Services) -> str:
    where = endpoint.socket or f"port {endpoint.port}"
    said = "\n".join(filter(None, (services.said(unit) for unit in services.started)))
    return f"{placed.host.name}: {placed.role.name} does not listen at {where} after {READY_SECONDS:g} s: {said}"


def _in_parallel(do: Callable[[str], None], names: list[str]) -> None:
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="install") as pool:
        for _ in pool.map(do, names):
            pass
