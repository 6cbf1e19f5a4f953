"""The balancer: takes every request of the public and gives it to a web server that is well and has room.

Requests wait here, where they can be seen, and not in a web server that is already full. A server that fails
its health checks gets no traffic, and a request that it did not begin to answer goes to another.
"""

from __future__ import annotations

from typing import Any

from topology.components import balancing
from topology.components.balancing import Backend, file_prefixes, media_of, web_of
from topology.components.base import (
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.haproxy.reader import read
from topology.components.haproxy.settings import HaproxySettings, memory_of, size
from topology.components.haproxy.validate import PATH, boot, check
from topology.components.reading import Reading, Texts
from topology.components.rendering import render
from topology.demands import HAPROXY_PASS, bytes_of
from topology.sizing import HEALTH_PATH
from topology.workload import Kind, RequestClass

METRICS_PORT = 8405


def _is_watched(placed: Placed) -> bool:
    """HAProxy has its figures itself; it shows them only where somebody asks."""
    return bool(placed.cluster.hosts_offering("monitoring"))


HIGHEST_WEIGHT = 256
"""As HAProxy takes it."""


class Haproxy(Component):
    """The balancer."""

    name = "haproxy"
    title = "HAProxy"
    roles = {"haproxy": "spreads the requests of the public over the web servers"}  # noqa: RUF012
    offers = {"haproxy": ("balancer", "metrics")}  # noqa: RUF012
    packages = {"debian12": "2.6.12", "ubuntu2404": "2.8.5"}  # noqa: RUF012
    package = "haproxy"
    settings = HaproxySettings
    evidence = "booted"
    answer = "GET /: 200 served"
    measured = Measured(memory_mib=6, cpu_ms=0.19, says="a request over a new connection, 300 of them, one web server")
    logs = (
        Log(
            path="/var/log/haproxy.log", says="a line for each request: server, times in queue and in the server, state"
        ),
        Log(path="journal: haproxy.service", says="servers that went down and came up, and why a start failed"),
    )
    troubles = (
        Trouble(
            sees="503 for every page, and `backend web has no server available` in the journal",
            does="Ask a web server for the health path yourself, with the site's name in Host: anything but 200 counts"
            " as dead.",
        ),
        Trouble(
            sees="503 while the web servers are well, with `sQ` in the log",
            does="Requests waited longer than timeout queue: the applications have too few slots for the load. Add a"
            " web server; more maxconn only moves the queue to where nobody sees it.",
        ),
        Trouble(
            sees="504 with `sH` in the log",
            does="The web server did not answer in time. Its own time limit is shorter, so look there for what hangs.",
        ),
        Trouble(
            sees="a server is to be taken away for a while",
            does="echo 'set server web/web1 state drain' | socat stdio /run/haproxy/admin.sock; ready brings it back.",
        ),
    )
    validator = Validator(
        program="haproxy",
        package="haproxy",
        says="haproxy -dW -c -f /etc/haproxy/haproxy.cfg, and its servers held against the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80 of the public, and what monitoring asks."""
        balancer = balancing.endpoint(placed)
        return (balancer, Endpoint(service="metrics", port=METRICS_PORT)) if _is_watched(placed) else (balancer,)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The web servers, and the media servers where there are several."""
        return balancing.needs(placed, "round_robin")

    def size(self, placed: Placed) -> Sizing:
        """Connections and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/haproxy/haproxy.cfg."""
        sizing = size(placed)
        web, media = web_of(placed, sizing["queue_slots"]), media_of(placed)
        text = render(
            self,
            "haproxy.cfg.j2",
            web=[_values(server) for server in web],
            media=[_values(server) for server in media],
            media_names=[site.media_domain for site in placed.cluster.sites],
            file_prefixes=file_prefixes(placed),
            checks=[
                {"host": site.domains[0], "path": f"{site.path.rstrip('/')}{sizing['health_path']}"}
                for site in placed.cluster.sites
            ],
            metrics=f"{placed.host.address}:{METRICS_PORT}" if _is_watched(placed) else None,
            media_health=f"/{HEALTH_PATH}",
            upload_bytes=sizing["upload_mib"] * 1024 * 1024,
            s=dict(sizing.values),
        )
        reasons = (
            *sizing.reasons,
            *(server.room.reason(f"server {server.name} maxconn") for server in web if server.room),
        )
        return (ConfigFile(path=PATH, text=text, unit="haproxy.service", reasons=reasons),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its files say."""
        return read(texts)

    def memory(self, placed: Placed) -> Memory:
        """Buffers of the connections that it may hold, and its own."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A pass for each request, with a new client connection."""
        return Demand(cpu_ms=HAPROXY_PASS, bytes_out=bytes_of(item, kind))


def _values(server: Backend) -> dict[str, Any]:
    """What the template prints of a server."""
    room = None if server.room is None else server.room.requests
    weight = server.weight(HIGHEST_WEIGHT)
    return {"name": server.name, "address": server.address, "port": server.port, "weight": weight, "maxconn": room}


COMPONENT = Haproxy()
