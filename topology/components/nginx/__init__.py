"""The web server: in front of the application on its host, and, in a role of its own, for media and static files.

In front of the application it takes slow clients off its hands: a request reaches a worker when it is whole, and
an answer leaves the worker at once. It serves static files and media itself until a media server does.
"""

from __future__ import annotations

from topology.components.base import (
    DYNAMIC,
    FILES,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Memory,
    Need,
    Placed,
    Sizing,
    Validator,
)
from topology.components.nginx.files import main_file, media_file, web_file
from topology.components.nginx.settings import NginxSettings, app_slots, memory_of, size
from topology.components.nginx.validate import boot, check
from topology.demands import NGINX_FILE, NGINX_PROXY, bytes_of
from topology.workload import KINDS, Kind, RequestClass

WEB, MEDIA = "nginx", "nginx_media"


class Nginx(Component):
    """The web server."""

    name = "nginx"
    title = "nginx"
    roles = {  # noqa: RUF012
        WEB: "web server in front of the application",
        MEDIA: "web server for media and static files",
    }
    offers = {WEB: ("web",), MEDIA: ("media",)}  # noqa: RUF012
    packages = {"debian12": "1.22.1", "ubuntu2404": "1.24.0"}  # noqa: RUF012
    package = "nginx"
    settings = NginxSettings
    evidence = "booted"
    answer = "GET /static/tierwright.txt: 200 served"
    validator = Validator(
        program="nginx",
        package="nginx",
        says="nginx -t without a warning, and every application held against the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80: the site's entry, or the files under the site's media name."""
        weight = placed.host.type.cores * placed.host.type.speed
        if placed.role.name == MEDIA:
            return (Endpoint(service="media", port=80, carries=FILES, public=True, weight=weight),)
        carries = DYNAMIC if placed.cluster.hosts_offering("media") else frozenset(KINDS)
        slots = app_slots(placed) if carries == DYNAMIC else None
        return (Endpoint(service="web", port=80, carries=carries, public=True, slots=slots, weight=weight),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The application on its own host, else every one."""
        if placed.role.name == MEDIA:
            return ()
        return (
            Need(services=("app",), why="passes pages on to the application", local_first=True, policy="round_robin"),
        )

    def size(self, placed: Placed) -> Sizing:
        """Workers, connections and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """The main file, once a host, and the servers of this role."""
        own = media_file(self, placed) if placed.role.name == MEDIA else web_file(self, placed)
        beside = any(other.role.name == WEB for other in placed.cluster.by_host[placed.host.name])
        return (own,) if placed.role.name == MEDIA and beside else (main_file(self, placed), own)

    def memory(self, placed: Placed) -> Memory:
        """A few MiB a worker, and the connections that are held."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A file read and sent, or a request passed on, each on a new connection."""
        cost = NGINX_FILE if kind in FILES else NGINX_PROXY
        return Demand(cpu_ms=cost, bytes_out=bytes_of(item, kind))


COMPONENT = Nginx()
