"""Settings of MariaDB, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.components.cluster import LOOPBACK, Edge
from topology.errors import Place, TierwrightError

PRIMARY, REPLICA = "mariadb", "mariadb_replica"
PORT = 3306
OTHERS = 5
"""Connections kept for what is no app server: a migration, a backup, monitoring and two people. A rule of thumb."""
STEP = 20
POOL_SHARE = 0.5
"""Share of the memory that is left: the data lie in it and nowhere else, since InnoDB reads past the kernel's cache."""
LEAST_POOL_MIB = 128
LOG_DAYS = 3
Mebibytes = Annotated[int, Field(ge=16, le=32_000_000)]


class MariadbSettings(Settings):
    """Settings of the roles mariadb and mariadb_replica."""

    max_connections: Annotated[int, Field(ge=10, le=100_000)] | None = None
    """Connections that it accepts; by default those of all its clients and a reserve."""
    buffer_pool_mib: Mebibytes | None = None
    """InnoDB's own cache in MiB; by default half of the memory that the server's other roles leave."""
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Time after which a statement is broken off; by default below the time that a request may take."""
    log_days: Annotated[int, Field(ge=1, le=99)] | None = None
    """Days for which the binary log is kept for replicas that were away; by default 3."""


def size(placed: Placed) -> Sizing:
    """Identity, connections, memory, replication and timeouts of one server."""
    sizer = Sizer(placed.written)
    address = placed.host.address
    sizer.set("server_id", int(ipaddress.IPv4Address(address)), "its address as a number: no two are equal")
    _set_connections(sizer, placed)
    _set_memory(sizer, placed)
    _set_timeouts(sizer, placed)
    if is_logged(placed):
        sizer.set("log_days", LOG_DAYS, "a replica that was away for less catches up by itself (a rule of thumb)")
    return sizer.done()


def is_logged(placed: Placed) -> bool:
    """Whether it writes a binary log: for its replicas, and on a replica for the day when it takes the lead."""
    return placed.role.name == REPLICA or bool(replicas_of(placed))


def the_primary_of(replica: Placed) -> Placed:
    """The primary of a replica; raises TierwrightError where the plan has none."""
    edges = [edge for edge in replica.cluster.edges_from(replica, "sql") if edge.server_role == PRIMARY]
    if not edges:
        raise TierwrightError(
            f"{replica.host.name} is to copy a database of MariaDB, but no server has the role mariadb; give it to one",
            place=Place(path=f"tier {replica.host.tier}"),
        )
    return replica.cluster.find(edges[0].server, PRIMARY)


def replicas_of(placed: Placed) -> tuple[Edge, ...]:
    """The connections of the replicas that copy this server."""
    return tuple(e for e in placed.cluster.edges_to(placed.host.name, "sql") if e.client_role == REPLICA)


def clients_of(placed: Placed) -> tuple[Edge, ...]:
    """The connections of everybody who asks this server something."""
    edges = placed.cluster.edges_to(placed.host.name, "sql", "sql_replica")
    return tuple(edge for edge in edges if edge.client_role != REPLICA)


def client_connections(placed: Placed) -> int:
    """Connections that all clients together may hold."""
    return sum(edge.connections * edge.fan_in for edge in clients_of(placed))


def addresses_of(placed: Placed, edges: tuple[Edge, ...]) -> list[str]:
    """From where the clients come, in rising order; one beside the server comes by the address that it calls."""
    cluster = placed.cluster
    found = {cluster.address_of(edge) if edge.local else cluster.host(edge.client).address for edge in edges}
    return sorted(found, key=lambda address: (address != LOOPBACK, int(ipaddress.IPv4Address(address))))


def _set_connections(sizer: Sizer, placed: Placed) -> None:
    replica = placed.role.name == REPLICA
    primary = int(size(the_primary_of(placed))["max_connections"]) if replica else 0
    clients, replicas = client_connections(placed), sum(edge.fan_in for edge in replicas_of(placed))
    sizer.set(
        "max_connections",
        max(sizing.rounded_up(clients + replicas + OTHERS, STEP), primary),
        "connections of all app servers + replicas + others, in steps of 20; one more is always kept for an"
        " administrator; a replica has its primary's, to take its place",
        clients=clients,
        replicas=replicas,
        others=OTHERS,
        primary=primary,
    )


def _set_memory(sizer: Sizer, placed: Placed) -> None:
    ram, others = placed.host.type.ram_mib, _beside_mib(placed)
    left = max(0, int(ram * sizing.USABLE_SHARE) - others)
    sizer.set(
        "buffer_pool_mib",
        max(LEAST_POOL_MIB, int(left * POOL_SHARE)),
        "left / 2, at least MariaDB's own 128; left = 0.9 × RAM - memory of the server's other roles (a rule of thumb)",
        ram_mib=ram,
        other_roles_mib=others,
        left_mib=left,
    )


def _beside_mib(placed: Placed) -> int:
    """Expected memory of the other roles on the same server, in MiB."""
    others = [p for p in placed.cluster.by_host[placed.host.name] if p.component is not placed.component]
    return round(sum(other.component.memory(other).mid for other in others))


def _set_timeouts(sizer: Sizer, placed: Placed) -> None:
    limit = placed.cluster.limits.request_seconds
    sizer.set(
        "statement_timeout_seconds",
        sizing.timeouts(limit).statement,
        "below the time T that one request may take: T - T/6",
        request_seconds=limit,
    )
    sizer.set("idle_seconds", 28_800, "MariaDB's own: far above the minute for which Django keeps a connection")
