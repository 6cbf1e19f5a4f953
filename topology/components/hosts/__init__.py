"""The names of all servers in /etc/hosts, so that no server needs a name server to find another.

It is on every server. Configuration files hold addresses all the same: a name that stops resolving is the
outage that chapter 21 warns of. The names are for people, logs and monitoring.
"""

from __future__ import annotations

from functools import lru_cache

from topology.components.base import EVERY_HOST, Component, ConfigFile, Placed, Reason, Trouble, Validator
from topology.components.hosts.reader import read
from topology.components.hosts.validate import check
from topology.components.reading import Reading, Texts
from topology.components.rendering import Token

PATH = "/etc/hosts"
_LOOPBACK = (
    ("127.0.0.1", "localhost"),
    ("::1", "localhost ip6-localhost ip6-loopback"),
    ("ff02::1", "ip6-allnodes"),
    ("ff02::2", "ip6-allrouters"),
)


class Hosts(Component):
    """The hosts file."""

    name = "hosts"
    title = "Hosts file"
    roles = {"hosts": "names of all servers, on each of them"}  # noqa: RUF012
    packages = {}  # noqa: RUF012
    implied_by = frozenset({EVERY_HOST})
    names_servers = True
    evidence = "booted"
    answer = "getent finds 3 servers"
    troubles = (
        Trouble(
            sees="a name finds another address than the plan's",
            does="Some tool of the provider rewrites /etc/hosts at boot: for cloud-init set manage_etc_hosts: false.",
        ),
    )
    validator = Validator(
        program="getent",
        package="libc-bin",
        says="getent --no-addrconfig -s files ahostsv4 NAME, for every server",
        check=check,
        boot=check,
    )

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/hosts, with the servers in the order of the plan."""
        servers = tuple((host.address, host.name) for host in placed.cluster.design.hosts)
        reason = Reason(
            setting="servers",
            value=len(servers),
            formula="every server of the plan",
            facts={"servers": len(servers)},
        )
        return (ConfigFile(path=PATH, text=_text(servers), action="none", reasons=(reason,)),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its files say."""
        return read(texts)


@lru_cache(maxsize=8)
def _text(servers: tuple[tuple[str, str], ...]) -> str:
    """The same on every server of a plan, so it is written once."""
    lines = [f"{address}\t{names}" for address, names in _LOOPBACK]
    lines += [f"{Token(address)}\t{Token(name)}" for address, name in servers]
    return "\n".join(lines) + "\n"


COMPONENT = Hosts()
