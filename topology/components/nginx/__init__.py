"""The web server: in front of the application on its host, and, in a role of its own, for media and static files.

In front of the application it takes slow clients off its hands: a request reaches a worker when it is whole, and
an answer leaves the worker at once. It serves static files and media itself until a media server does. It speaks
HTTP, FastCGI or uwsgi to the application, whichever that speaks.
"""

from __future__ import annotations

from topology.components.base import (
    FILES,
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
    Translation,
    Trouble,
    Validator,
)
from topology.components.fronting import passing_endpoint
from topology.components.nginx.boot import boot
from topology.components.nginx.files import main_file, media_file, web_file
from topology.components.nginx.reader import MEDIA as MEDIA_FILE
from topology.components.nginx.reader import WEB as WEB_FILE
from topology.components.nginx.reader import read
from topology.components.nginx.settings import NginxSettings, memory_of, size
from topology.components.nginx.validate import check
from topology.components.reading import Reading, Texts
from topology.demands import NGINX_FILE, NGINX_PROXY, bytes_of
from topology.workload import Kind, RequestClass

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
        says="nginx -t without a warning; applications, their language and the folders held against the design",
        check=check,
        boot=boot,
    )

    measured = Measured(
        memory_mib=5, cpu_ms=0.05, says="a file of 7 bytes over a new connection, 2,000 of them, 4 workers"
    )
    logs = (
        Log(path="/var/log/nginx/access.log", says="a line for each request, with the time that it took"),
        Log(path="/var/log/nginx/error.log", says="why an application could not be reached, and what nginx refused"),
    )
    troubles = (
        Trouble(
            sees="502 Bad Gateway, and `connect() to unix:... failed` in the error log",
            does="The application is not running, or its socket may not be opened by www-data: see the status of its"
            " unit, then the mode of the socket.",
        ),
        Trouble(
            sees="502 with `upstream sent invalid header` or `upstream prematurely closed connection`",
            does="nginx and the application speak different languages; proxy_pass, fastcgi_pass and uwsgi_pass must"
            " be that of the application server.",
        ),
        Trouble(
            sees="504 Gateway Time-out",
            does="The application took longer than its read timeout. Its own limit is shorter, so its log has the"
            " request; raise no timeout here alone.",
        ),
        Trouble(
            sees="413 Request Entity Too Large for an upload",
            does="It is above client_max_body_size. Every hop has the same limit; raise it in the plan, not in one.",
        ),
        Trouble(
            sees="every visitor has the balancer's address in the log",
            does="set_real_ip_from does not name that balancer; it must list each of them and nobody else.",
        ),
        Trouble(
            sees="403 for files that are there",
            does="www-data may not enter one of the folders above: namei -l PATH shows which.",
        ),
    )
    translations = (
        Translation(
            about="media on a server of its own",
            then='<Location "/media/"> SetHandler None, and a second Apache for its name',
            now="location /media/ { alias /srv/SITE/media/; } with the role nginx_media",
            says="The web server sends browsers on to the media name, so that old links stay good.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80: the site's entry, or the files under the site's media name."""
        if placed.role.name == MEDIA:
            weight = placed.host.type.cores * placed.host.type.speed
            return (Endpoint(service="media", port=80, carries=FILES, public=True, weight=weight),)
        return (passing_endpoint(placed),)

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

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its main file and this role's servers say."""
        return read(texts, MEDIA_FILE if placed.role.name == MEDIA else WEB_FILE)

    def memory(self, placed: Placed) -> Memory:
        """A few MiB a worker, and the connections that are held."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A file read and sent, or a request passed on, each on a new connection."""
        cost = NGINX_FILE if kind in FILES else NGINX_PROXY
        return Demand(cpu_ms=cost, bytes_out=bytes_of(item, kind))


COMPONENT = Nginx()
