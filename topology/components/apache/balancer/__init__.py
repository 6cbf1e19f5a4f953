"""Apache as the balancer: takes every request of the public and gives it to a web server that is well and has room.

Use it where people know Apache and a second program would be one more to learn: the chapter names mod_proxy's
balancer beside Perlbal. It does what the plan asks of HAProxy, with a thread for each request in work and one address
for its health checks; take `haproxy` where nothing speaks for Apache. A server that fails its checks gets no traffic,
and a request that it did not begin to answer goes to another.
"""

from __future__ import annotations

from topology.components import balancing
from topology.components.apache.balancer.boot import boot
from topology.components.apache.balancer.files import ROLE, files_of
from topology.components.apache.balancer.reader import read
from topology.components.apache.balancer.settings import BalancerSettings, memory_of, size
from topology.components.apache.balancer.texts import LOGS, TRANSLATIONS, TROUBLES
from topology.components.apache.balancer.validate import check
from topology.components.apache.cost import PASS_BALANCED
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
from topology.components.reading import Reading, Texts
from topology.demands import bytes_of
from topology.workload import Kind, RequestClass


class ApacheBalancer(Component):
    """Apache as the balancer."""

    name = "apache_balancer"
    title = "Apache as balancer"
    roles = {ROLE: "spreads the requests of the public over the web servers"}  # noqa: RUF012
    offers = {ROLE: ("balancer",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "2.4.71", "ubuntu2404": "2.4.58"}  # noqa: RUF012
    package = "apache2"
    settings = BalancerSettings
    evidence = "booted"
    answer = "then: 200 from the others alone"
    measured = Measured(memory_mib=8, cpu_ms=0.23, says="a request, the balancer alone")
    logs = LOGS
    troubles = TROUBLES
    translations = TRANSLATIONS
    validator = Validator(
        program="apache2",
        package="apache2",
        says="apache2 -t without a warning, every member, its timeouts and its health check held against the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80 of the public."""
        return (balancing.endpoint(placed),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The web servers, and the media servers where there are several."""
        return balancing.needs(placed, "round_robin")

    def size(self, placed: Placed) -> Sizing:
        """Threads, checks and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Main file, members, drop-in."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What the files say."""
        return read(texts)

    def memory(self, placed: Placed) -> Memory:
        """The parent, its process and the threads."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A pass for each request, with a new client connection."""
        return Demand(cpu_ms=PASS_BALANCED, bytes_out=bytes_of(item, kind))


COMPONENT = ApacheBalancer()
