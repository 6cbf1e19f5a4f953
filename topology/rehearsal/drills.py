"""Takes a web server away while the public asks, and puts it back: by the balancer's own files, reloaded."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from topology import sizing
from topology.bundles import Bundle, HostFile, build
from topology.components import Cluster
from topology.design import Design, Server
from topology.errors import TierwrightError
from topology.rehearsal.names import Names, main_name
from topology.rehearsal.questions import wait_until_all_answer
from topology.rehearsal.startup import Startup
from topology.rehearsal.traffic import Load, Traffic

RATE = 20.0
"""Requests a second: far below what one server carries, since this asks for correctness and not for speed."""
CALM_SECONDS = 2.0
AWAY_SECONDS = 4.0
DRAINED_SECONDS = 90.0
QUIET_SECONDS = 1.0
"""Without any connection, before a server counts as drained: a balancer takes its new files a moment later."""
QUIET_LOOKS = 10
"""Looks in that time that find a connection to another server: else nobody asks, and the quiet says nothing."""
READY_SECONDS = 120.0
PATHS = ("/", "/cached/?page=drill", "/echo/?a=1", "/slow/")
"""The last one takes half a second, so that there is always a request on its way when something happens."""
ENTRANCES = ("balancer", "dns")
"""What stands before web servers, and must know which of them to use."""
_ESTABLISHED = "01"


@dataclass(frozen=True, kw_only=True)
class Drill:
    """A server drained, taken away and put back under load."""

    server: str
    before: Load
    away: Load
    """While it was drained, gone, and put back."""
    after: Load
    drained_seconds: float
    """From the balancer's new files to its last connection."""
    back_seconds: float
    """From the power switch until it answers its health path."""

    @property
    def failed(self) -> int:
        """Failed requests of all three."""
        return self.before.failed + self.away.failed + self.after.failed

    @property
    def requests(self) -> int:
        """Requests of all three."""
        return self.before.requests + self.away.requests + self.after.requests

    @property
    def passed(self) -> bool:
        """Nothing failed, and the server answered before and after."""
        return not self.failed and all(load.servers.get(self.server, 0) > 0 for load in (self.before, self.after))


def last_web_server(cluster: Cluster) -> str | None:
    """The server that can be taken away: the last of several behind a balancer; None where there is none."""
    hosts = cluster.hosts_offering("app")
    return hosts[-1].name if len(hosts) > 1 and cluster.hosts_offering("balancer") else None


def take_away_and_put_back(startup: Startup, server: str) -> Drill:
    """Drain, power off, power on and put back, with the public asking all the time."""
    without = build(_without(startup.cluster.design, server), startup.cluster.workload)
    before = _calm(startup)
    with _traffic(startup) as traffic:
        time.sleep(CALM_SECONDS)
        began = time.monotonic()
        _enter(startup, without)
        _wait_until_drained(startup, server)
        drained = time.monotonic() - began
        _power_off(startup, server)
        time.sleep(AWAY_SECONDS)
        began = time.monotonic()
        _power_on(startup, server)
        back = time.monotonic() - began
        _enter(startup, startup.bundle)
        time.sleep(CALM_SECONDS)
        away = traffic.end()
    wait_until_all_answer(startup.cluster, startup.rack)
    after = _calm(startup)
    return Drill(server=server, before=before, away=away, after=after, drained_seconds=drained, back_seconds=back)


def _calm(startup: Startup) -> Load:
    with _traffic(startup) as traffic:
        time.sleep(CALM_SECONDS)
        return traffic.end()


def _traffic(startup: Startup) -> Traffic:
    site, names = startup.cluster.sites[0], Names(startup.cluster)
    name, prefix = main_name(site), site.path.rstrip("/")
    addresses = startup.rack.client.asking(lambda: names.addresses(name))
    return Traffic(
        startup.rack.client, addresses=addresses, host=name, paths=[prefix + path for path in PATHS], rate=RATE
    )


def _enter(startup: Startup, bundle: Bundle) -> None:
    """Put the entrances' files of a bundle in place where they differ, and do what each asks for."""
    for host in startup.cluster.hosts_offering(*ENTRANCES):
        changed = [file for file in _of_entrances(bundle, host.name) if _differs(startup, file)]
        startup.rack.hosts[host.name].lay(file.config for file in changed)
        for unit, action in _actions(changed).items():
            services = startup.services[host.name]
            services.restart(unit) if action == "restart" else services.reload(unit)


def _of_entrances(bundle: Bundle, host: str) -> Iterator[HostFile]:
    for file in bundle.by_host[host]:
        offered = {s for placed in file.roles for s in placed.component.offers.get(placed.role.name, ())}
        if offered.intersection(ENTRANCES):
            yield file


def _differs(startup: Startup, file: HostFile) -> bool:
    place = startup.rack.hosts[file.host].root / file.path
    return not place.exists() or place.read_bytes() != file.content


def _actions(files: list[HostFile]) -> Mapping[str, str]:
    """What is done with each unit: a restart where any of its files asks for one."""
    found: dict[str, str] = {}
    for file in files:
        if file.config.action != "none" and found.get(file.config.unit) != "restart":
            found[file.config.unit] = file.config.action
    return found


def _wait_until_drained(startup: Startup, server: str) -> None:
    """Until no balancer holds a connection to it; a health check that is on its way counts too."""
    address = startup.rack.hosts[server].address
    others = [host.address for host in startup.cluster.hosts_offering("app") if host.name != server]
    pids = [startup.rack.hosts[host.name].pid for host in startup.cluster.hosts_offering("balancer")]
    until = time.monotonic() + DRAINED_SECONDS
    talked, looks = time.monotonic(), 0
    while time.monotonic() - talked < QUIET_SECONDS or looks < QUIET_LOOKS:
        if any(_talks(pid, address) for pid in pids):
            talked, looks = time.monotonic(), 0
        elif any(_talks(pid, other) for pid in pids for other in others):
            looks += 1
        if time.monotonic() > until:
            raise TierwrightError(f"the balancer still talks to {server} {DRAINED_SECONDS:g} s after it was drained")
        time.sleep(0.02)


def _talks(pid: int, address: str) -> bool:
    wanted = "".join(f"{int(part):02X}" for part in reversed(address.split(".")))
    with open(f"/proc/{pid}/net/tcp", encoding="utf-8") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return any(row[3] == _ESTABLISHED and row[2].partition(":")[0] == wanted for row in rows)


def _power_off(startup: Startup, server: str) -> None:
    host = startup.rack.hosts[server]
    host.cable(plugged=False)
    host.kill()
    startup.services[server].power_off()


def _power_on(startup: Startup, server: str) -> None:
    """Plug it in, start it, and wait until the balancer's own question is answered with 200."""
    host = startup.rack.hosts[server]
    host.cable(plugged=True)
    startup.services[server].power_on()
    entrance = startup.rack.hosts[startup.cluster.hosts_offering("balancer")[0].name]
    site = startup.cluster.sites[0]
    path = f"{site.path.rstrip('/')}/{sizing.HEALTH_PATH}"
    until = time.monotonic() + READY_SECONDS
    while entrance.asking(lambda: health_status(host.address, main_name(site), path)) != 200:
        if time.monotonic() > until:
            why = startup.services[server].why_ended() or "no word"
            raise TierwrightError(f"{server} does not answer {path} {READY_SECONDS:g} s after it was started: {why}")
        time.sleep(0.1)


def health_status(address: str, name: str, path: str) -> int:
    """The status of one health check; 0 where there is no answer."""
    asked = http.client.HTTPConnection(address, 80, timeout=10)
    try:
        asked.request("GET", path, headers={"Host": name})
        return asked.getresponse().status
    except OSError:
        return 0
    finally:
        asked.close()


def _without(design: Design, server: str) -> Design:
    """The design without one server, every other at its place."""
    tiers = []
    for tier in design.tiers:
        stay = [host for host in design.hosts if host.tier == tier.name and host.name != server]
        servers = tuple(
            Server(name=host.name, type=host.type_name, address=host.address, roles=host.roles) for host in stay
        )
        if servers:
            tiers.append(tier.model_copy(update={"servers": servers}))
    return design.model_copy(update={"tiers": tuple(tiers)})
