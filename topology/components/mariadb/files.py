"""MariaDB's files: its settings, and the accounts or the primary that are told to it once."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import Component, ConfigFile, Placed, Reason, Sizing
from topology.components.cluster import LOOPBACK
from topology.components.mariadb.settings import (
    PORT,
    REPLICA,
    addresses_of,
    clients_of,
    is_logged,
    replicas_of,
    size,
    the_primary_of,
)
from topology.components.rendering import Written, joined, render, sections

UNIT = "mariadb.service"
PATH = "/etc/mysql/mariadb.conf.d/70-tierwright.cnf"
"""Debian reads this folder in the order of its names; 50-server.cnf and 60-galera.cnf are the package's."""
ACCOUNTS, PRIMARY_FILE = "/etc/mysql/tierwright/accounts.sql", "/etc/mysql/tierwright/primary.sql"
REPLICATOR = "replicator"
"""The account that replicas sign in as."""
HEAD = "# From the design, read after Debian's own files. MariaDB reads it when it starts.\n"
MIB = 1024 * 1024


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The settings, and on a primary the accounts, on a replica its primary."""
    sized = size(placed)
    text = HEAD + sections([("mariadbd", [*_always(placed, sized), *_logged(placed, sized), *_replica(placed)])])
    settings = ConfigFile(path=PATH, text=text, action="restart", unit=UNIT, reasons=sized.reasons)
    told = _primary(component, placed) if placed.role.name == REPLICA else _accounts(component, placed)
    return (settings, told)


def bound_to(placed: Placed) -> list[str]:
    """Addresses on which it listens; a replica on its own too, for the day when it takes the lead."""
    local = placed.role.name != REPLICA and placed.cluster.only_local(placed.host.name, "sql", "sql_replica")
    return [LOOPBACK] if local else [LOOPBACK, placed.host.address]


def _always(placed: Placed, sized: Sizing) -> Iterator[tuple[str, Written]]:
    yield "bind_address", joined(*bound_to(placed))
    yield "port", PORT
    yield "server_id", sized["server_id"]
    yield "skip_name_resolve", "ON"
    yield "character_set_server", "utf8mb4"
    yield "max_connections", sized["max_connections"]
    yield "innodb_buffer_pool_size", sized["buffer_pool_mib"] * MIB
    yield "max_statement_time", sized["statement_timeout_seconds"]
    yield "wait_timeout", sized["idle_seconds"]


def _logged(placed: Placed, sized: Sizing) -> Iterator[tuple[str, Written]]:
    """By GTID a replica knows what it has, whichever server it follows; each commit is on the disk before it counts."""
    if is_logged(placed):
        yield "log_bin", "binlog"
        yield "binlog_format", "ROW"
        yield "sync_binlog", 1
        yield "gtid_strict_mode", "ON"
        yield "log_slave_updates", "ON"
        yield "binlog_expire_logs_seconds", sized["log_days"] * 86_400
    else:
        yield "skip_log_bin", "ON"


def _replica(placed: Placed) -> Iterator[tuple[str, Written]]:
    if placed.role.name == REPLICA:
        yield "read_only", "ON"
        yield "relay_log", "relay"
        yield "relay_log_recovery", "ON"
        yield "slave_net_timeout", 10


def _accounts(component: Component, placed: Placed) -> ConfigFile:
    sites = placed.cluster.sites
    clients, replicas = addresses_of(placed, clients_of(placed)), addresses_of(placed, replicas_of(placed))
    databases = [{"name": site.database, "parts": site.database.split("_")} for site in sites]
    text = render(
        component,
        "accounts.sql.j2",
        databases=databases,
        clients=clients,
        replicas=replicas,
        replicator=REPLICATOR,
    )
    reason = Reason(
        setting="accounts",
        value=len(clients) * len(sites) + len(replicas),
        formula="clients × sites + replicas: one for each address that the design lets in, and no other",
        facts={"clients": len(clients), "sites": len(sites), "replicas": len(replicas)},
    )
    return ConfigFile(path=ACCOUNTS, text=text, mode=0o640, action="none", reasons=(reason,))


def _primary(component: Component, placed: Placed) -> ConfigFile:
    primary = the_primary_of(placed).host
    text = render(component, "primary.sql.j2", address=primary.address, port=PORT, replicator=REPLICATOR)
    reason = Reason(
        setting="MASTER_HOST",
        value=primary.address,
        formula="address of the server with the role mariadb",
        facts={"primary": primary.name},
    )
    return ConfigFile(path=PRIMARY_FILE, text=text, mode=0o640, action="none", reasons=(reason,))
