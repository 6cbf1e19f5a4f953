"""Settings of PostgreSQL, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.components.cluster import Edge

PRIMARY, REPLICA, SUBSCRIBER = "postgresql", "postgresql_replica", "postgresql_subscriber"
VERSIONS: Mapping[str, int] = {"debian12": 15, "ubuntu2404": 16}
"""Version by target system: it is part of every path."""
SUPERUSERS = 3
OTHERS = 5
"""Connections kept for what is no app server: a migration, a backup, monitoring and two people. A rule of thumb."""
STEP = 20
WAL_KEEP_MIB = 1024
ARCHIVE_SECONDS = 300
Mebibytes = Annotated[int, Field(ge=1, le=32_000_000)]


class PostgresqlSettings(Settings):
    """Settings of the roles postgresql, postgresql_replica and postgresql_subscriber."""

    version: Literal[15, 16] | None = None
    """Major version: 15 is Debian 12's, 16 is Ubuntu 24.04's; by default that of the plan's system."""
    max_connections: Annotated[int, Field(ge=10, le=10_000)] | None = None
    """Connections that it accepts; by default those of all its clients and a reserve."""
    shared_buffers_mib: Mebibytes | None = None
    """Its own cache in MiB; by default a quarter of the memory that the server's other roles leave."""
    work_mem_kib: Annotated[int, Field(ge=64, le=32_000_000)] | None = None
    """Memory of one sort or hash in KiB."""
    maintenance_work_mem_mib: Mebibytes | None = None
    """Memory of one vacuum or index build in MiB."""
    wal_keep_size_mib: Annotated[int, Field(ge=0, le=32_000_000)] | None = None
    """Old log kept for replicas that were away, in MiB; by default 1024 where there are replicas."""
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Time after which a statement is broken off; by default below the time that a request may take."""


def size(placed: Placed) -> Sizing:
    """Connections, memory, replication and timeouts of one server."""
    sizer = Sizer(placed.written)
    sizer.set("version", VERSIONS[placed.cluster.design.system], "15 is Debian 12's, 16 is Ubuntu 24.04's")
    _set_connections(sizer, placed)
    _set_replication(sizer, placed)
    _set_memory(sizer, placed)
    _set_timeouts(sizer, placed)
    if is_archived(placed):
        sizer.set(
            "archive_timeout_seconds",
            ARCHIVE_SECONDS,
            "a log file that is not full is handed to the backup after five minutes, so that no more is lost with the"
            " server (a rule of thumb)",
        )
    return sizer.done()


def is_archived(placed: Placed) -> bool:
    """Whether a backup beside it takes every finished file of its log."""
    return any(host.name == placed.host.name for host in placed.cluster.hosts_offering("backup"))


def primary_of(placed: Placed) -> Placed | None:
    """The primary that a replica copies, the first of the plan; None where there is none."""
    edges = [edge for edge in placed.cluster.edges_from(placed, "sql") if edge.server_role == PRIMARY]
    return placed.cluster.find(edges[0].server, PRIMARY) if edges else None


def primary_limits(placed: Placed) -> list[str]:
    """The limits of the primary as options of postgres: a replica's may not be below what they were on the primary."""
    limits = size(primary_of(placed) or placed)
    names = ("max_connections", "max_wal_senders", "max_worker_processes")
    return [word for name in names for word in ("-c", f"{name}={limits[name]}")]


def replicas_of(placed: Placed) -> tuple[Edge, ...]:
    """The connections of the replicas that copy this server."""
    return tuple(e for e in placed.cluster.edges_to(placed.host.name, "sql") if e.client_role == REPLICA)


def clients_of(placed: Placed) -> tuple[Edge, ...]:
    """The connections of everybody who asks this server something: pools and app servers."""
    edges = placed.cluster.edges_to(placed.host.name, "sql", "sql_replica")
    return tuple(edge for edge in edges if edge.client_role != REPLICA)


def client_connections(placed: Placed) -> int:
    """Connections that all clients together may hold."""
    return sum(edge.connections * edge.fan_in for edge in clients_of(placed))


def _set_connections(sizer: Sizer, placed: Placed) -> None:
    clients = client_connections(placed)
    sizer.set("superuser_reserved_connections", SUPERUSERS, "PostgreSQL's own default: a way in when all is taken")
    wanted = sizing.rounded_up(clients + OTHERS + SUPERUSERS, STEP)
    primary = _of_primary(placed, "max_connections")
    sizer.set(
        "max_connections",
        max(wanted, primary),
        "connections of all pools and app servers + others + superusers, in steps of 20, since a change restarts it;"
        " a replica has at least its primary's, or it does not start",
        clients=clients,
        others=OTHERS,
        superusers=SUPERUSERS,
        primary=primary,
    )


def _of_primary(placed: Placed, setting: str) -> int:
    """A number of the primary that its replica may not fall below; 0 for a primary."""
    primary = primary_of(placed) if placed.role.name == REPLICA else None
    return 0 if primary is None else int(size(primary)[setting])


def _set_replication(sizer: Sizer, placed: Placed) -> None:
    replicas, cores = sum(edge.fan_in for edge in replicas_of(placed)), placed.host.type.cores
    senders = max(replicas + 3, _of_primary(placed, "max_wal_senders"))
    sizer.set("max_wal_senders", senders, "replicas + 2 for a backup that streams its log + 1", replicas=replicas)
    sizer.set("max_replication_slots", senders, "as many as max_wal_senders; an empty slot costs nothing")
    workers = max(8, cores, _of_primary(placed, "max_worker_processes"))
    sizer.set("max_worker_processes", workers, "max(8, cores), at least the primary's", cores=cores)
    sizer.set(
        "wal_keep_size_mib",
        WAL_KEEP_MIB if replicas else 0,
        "1 GiB of log where there are replicas: one that was away for less catches up by itself (a rule of thumb)",
        replicas=replicas,
    )


def _set_memory(sizer: Sizer, placed: Placed) -> None:
    ram = placed.host.type.ram_mib
    others = _beside_mib(placed)
    left = max(0, int(ram * sizing.USABLE_SHARE) - others)
    facts = {"ram_mib": ram, "other_roles_mib": others, "left_mib": left}
    left_is = "left = 0.9 × RAM - memory of the server's other roles"
    shared = sizer.set(
        "shared_buffers_mib", sizing.shared_buffers_mib(left), f"left / 4, at least 128; {left_is}", **facts
    )
    cache = sizing.effective_cache_mib(left)
    sizer.set(
        "effective_cache_size_mib", cache, f"left × 3/4: what the kernel and it cache together; {left_is}", **facts
    )
    connections = sizer.done()["max_connections"]
    sizer.set(
        "work_mem_kib",
        sizing.work_mem_kib(left, shared_mib=shared, connections=connections),
        f"(left - shared_buffers) / (3 × max_connections), from 1 to 64 MiB; {left_is}",
        **facts,
        shared_buffers_mib=shared,
        max_connections=connections,
    )
    sizer.set(
        "maintenance_work_mem_mib", sizing.maintenance_mem_mib(left), f"left / 16, from 64 to 2048; {left_is}", **facts
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
    sizer.set(
        "idle_in_transaction_seconds",
        2 * limit,
        "2 × T: who holds a transaction open for longer has gone away",
        request_seconds=limit,
    )
