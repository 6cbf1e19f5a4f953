"""Tells who listens on a host, from the kernel's own tables, without asking any program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topology.components import Endpoint
from topology.rehearsal.hosts import Host

_LISTENING = "0A"


def listens(host: Host, endpoint: Endpoint) -> bool:
    """Whether somebody listens at an endpoint; said of every one that is neither TCP nor a Unix socket."""
    if endpoint.socket is not None:
        return endpoint.socket in set(_sockets(host.pid))
    if endpoint.protocol != "tcp":
        return True
    return endpoint.port in set(_ports(host.pid))


def _ports(pid: int) -> Iterator[int]:
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="utf-8").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING:
                yield int(fields[1].rpartition(":")[2], 16)


def _sockets(pid: int) -> Iterator[str]:
    """Paths of Unix sockets, /var/run written as /run."""
    for line in Path(f"/proc/{pid}/net/unix").read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7:
            yield fields[7].replace("/var/run/", "/run/", 1)
