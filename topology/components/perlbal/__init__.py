"""The balancer of 2006: Perlbal spreads the requests of the public over the web servers.

Use it where the chapter's stack is to stay; HAProxy knows whether a server is well before it gives it a request, has
a queue that can be seen and a limit for each server, none of which Perlbal has. It picks a server at random among
those that let themselves be connected to. Members of its pools stand in files of their own, which it reads again by
itself: to take a server away, take its line out.
"""

from __future__ import annotations

from topology.components import balancing
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
    Translation,
    Trouble,
    Validator,
)
from topology.components.perlbal.boot import boot
from topology.components.perlbal.cost import PASS
from topology.components.perlbal.files import files_of
from topology.components.perlbal.reader import read
from topology.components.perlbal.settings import PerlbalSettings, memory_of, size
from topology.components.perlbal.validate import check
from topology.components.reading import Reading, Texts
from topology.demands import bytes_of
from topology.workload import Kind, RequestClass


class Perlbal(Component):
    """The balancer Perlbal."""

    name = "perlbal"
    title = "Perlbal"
    roles = {"perlbal": "spreads the requests of the public over the web servers, as in 2006"}  # noqa: RUF012
    offers = {"perlbal": ("balancer",)}  # noqa: RUF012
    era = ("chapter",)
    packages = {"debian12": "1.80", "ubuntu2404": "1.80"}  # noqa: RUF012
    package = "perlbal"
    settings = PerlbalSettings
    evidence = "booted"
    answer = "GET /: 200 served"
    validator = Validator(
        program="perlbal",
        package="perlbal",
        says="perlbal started with it for a moment, its pools held against the design, systemd-analyze verify",
        check=check,
        boot=boot,
    )
    measured = Measured(memory_mib=27, cpu_ms=0.78, says="a request over new connections, 500 times, two web servers")
    logs = (Log(path="journal: perlbal.service", says="why it did not start; Perlbal writes no line for a request"),)
    troubles = (
        Trouble(
            sees="requests hang, and none is answered",
            does="No server of the pool lets itself be connected to. Ask Perlbal: echo nodes | nc 127.0.0.1 16000 shows"
            " when each was last connected to.",
        ),
        Trouble(
            sees="with verify_backend, requests hang though the web servers are well",
            does="Perlbal asks OPTIONS without a Host header; nginx gives that no answer. Switch verify_backend off,"
            " or take a web server that answers it.",
        ),
        Trouble(
            sees="a server with a dead application still gets requests, and visitors 502",
            does="Perlbal looks only whether it can connect. Take the server's line out of /etc/perlbal/web.pool; it is"
            " read again within seconds.",
        ),
        Trouble(
            sees="a change of perlbal.conf does nothing",
            does="Perlbal reads it when it starts only: systemctl restart perlbal, which cuts off requests in work.",
        ),
    )
    translations = (
        Translation(
            about="a balancer in front of the web servers",
            then="CREATE POOL my_apaches, POOL my_apaches ADD 10.0.0.10:8080, CREATE SERVICE balancer with SET role ="
            " reverse_proxy",
            now="backend web with balance roundrobin and a server line for each, in haproxy.cfg",
            says="HAProxy asks each server whether it is well, and gives it no more than it can work on.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80 of the public; one process does all its work."""
        return (balancing.endpoint(placed, processes=1),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The web servers, and the media servers where there are several."""
        return balancing.needs(placed, "random")

    def size(self, placed: Placed) -> Sizing:
        """Connections and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Configuration, pools, unit."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its files say."""
        return read(texts)

    def memory(self, placed: Placed) -> Memory:
        """Its own, and its clients'."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A pass for each request, with new connections on both sides."""
        return Demand(cpu_ms=PASS, bytes_out=bytes_of(item, kind))


COMPONENT = Perlbal()
