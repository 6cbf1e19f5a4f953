"""Apache in front of FastCGI: it takes the clients, sends the files, and passes pages on to flup's processes.

It is the chapter's second way to run Django: Python leaves Apache, so that both can be started, limited and moved
apart. Where flup runs on the same server they meet at a Unix socket; where it runs on others, Apache spreads the
requests over them by TCP and leaves out one that does not answer. mod_fastcgi of 2006 is not to be had any more;
mod_proxy_fcgi takes its place. For a new site nginx before gunicorn does the same with less memory.
"""

from __future__ import annotations

from topology.components.apache.proxy_fastcgi.boot import boot
from topology.components.apache.proxy_fastcgi.cost import demand_of
from topology.components.apache.proxy_fastcgi.files import ROLE, files_of
from topology.components.apache.proxy_fastcgi.reader import read
from topology.components.apache.proxy_fastcgi.settings import ProxyFastcgiSettings, memory_of, size
from topology.components.apache.proxy_fastcgi.texts import LOGS, TROUBLES
from topology.components.apache.proxy_fastcgi.validate import check
from topology.components.base import (
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Measured,
    Memory,
    Need,
    Placed,
    Sizing,
    Validator,
)
from topology.components.fronting import passing_endpoint
from topology.components.reading import Reading, Texts
from topology.workload import Kind, RequestClass


class ProxyFastcgi(Component):
    """Apache before FastCGI."""

    name = "apache_fastcgi"
    title = "Apache before FastCGI"
    roles = {ROLE: "Apache in front of the site's FastCGI processes"}  # noqa: RUF012
    offers = {ROLE: ("web",)}  # noqa: RUF012
    era = ("chapter",)
    packages = {"debian12": "2.4.71", "ubuntu2404": "2.4.58"}  # noqa: RUF012
    package = "apache2"
    settings = ProxyFastcgiSettings
    evidence = "booted"
    answer = "GET /-/health: (200, 'ok\\n')"
    measured = Measured(
        memory_mib=103, cpu_ms=1.7, says="a page of 100 rows, Apache and the flup processes of two sites"
    )
    logs = LOGS
    troubles = TROUBLES
    validator = Validator(
        program="apache2",
        package="apache2",
        says="apache2 -t without a warning, every name, folder, application and path held against the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80: pages and API calls, files too while no media server has them."""
        return (passing_endpoint(placed),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The application on its own host, else every one."""
        why = "passes pages on to the application by FastCGI"
        return (Need(services=("app",), why=why, local_first=True, policy="round_robin"),)

    def size(self, placed: Placed) -> Sizing:
        """Threads, connections and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Main file, site file, drop-in."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What the files say."""
        return read(texts)

    def memory(self, placed: Placed) -> Memory:
        """The parent and its process."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A file, or a request passed on."""
        return demand_of(kind, item)


COMPONENT = ProxyFastcgi()
