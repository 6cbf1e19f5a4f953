"""pgpool's files: what it passes on and to whom, who may come in, and the unit's key and limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topology.components.base import ConfigFile, Placed, Reason, Sizing
from topology.components.cluster import LOOPBACK, Edge
from topology.components.pgpool.settings import REFUSING, size
from topology.components.rendering import Written, assignments, fixed, option, quoted, sections, words
from topology.errors import Place, TierwrightError

FOLDER = "/etc/pgpool2"
CONFIG, ACCESS = f"{FOLDER}/pgpool.conf", f"{FOLDER}/pool_hba.conf"
PASSWORDS, KEY = f"{FOLDER}/pool_passwd", f"{FOLDER}/pgpoolkey"
"""Passwords of the sites' users, and the key with which they are encrypted. Never in a bundle."""
DROP_IN = "/etc/systemd/system/pgpool2.service.d/tierwright.conf"
UNIT = "pgpool2.service"
OWNER = "root:postgres"
SLONYS = "postgresql_subscriber"
UNBALANCED = "'.*django_session.*'"
"""Queries that are left on the primary: a session that was just written would not be found on a replica yet."""


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A database behind it."""

    name: str
    address: str
    port: int
    weight: int


def mode_of(placed: Placed) -> str:
    """Who copies the data: the servers by streaming, or Slony; raises TierwrightError where both do."""
    kinds = {edge.server_role == SLONYS for edge in placed.cluster.edges_from(placed, "sql_replica")}
    if len(kinds) > 1:
        raise TierwrightError(
            f"pgpool on {placed.host.name} has replicas that stream and subscribers of Slony behind it, and knows one"
            " of both at a time; take the roles of one kind away",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return "slony" if kinds == {True} else "streaming_replication"


def backends_of(placed: Placed) -> tuple[Backend, ...]:
    """The primary first, then the replicas; raises TierwrightError where there is no PostgreSQL to reach."""
    primaries = [edge for edge in placed.cluster.edges_from(placed, "sql") if edge.endpoint.socket is None]
    edges = [*primaries[:1], *placed.cluster.edges_from(placed, "sql_replica")]
    if not primaries or any(edge.endpoint.speaks == "mysql" for edge in edges):
        raise TierwrightError(
            f"{placed.host.name} is to pool connections to PostgreSQL, but no server has the role postgresql; give it"
            " to one",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    weight = size(placed)["primary_weight"]
    weights = [weight if len(edges) > 1 else 1] + [1] * (len(edges) - 1)
    return tuple(_backend(placed, edge, share) for edge, share in zip(edges, weights, strict=True))


def _backend(placed: Placed, edge: Edge, weight: int) -> Backend:
    address = placed.cluster.address_of(edge)
    return Backend(name=edge.server, address=address, port=edge.endpoint.port, weight=weight)


def files_of(placed: Placed) -> tuple[ConfigFile, ...]:
    """All three files."""
    sizing, backends = size(placed), backends_of(placed)
    pairs = [*_listening(placed, sizing), *_backends(backends), *_pooling(placed, sizing), *_watching(placed, sizing)]
    behind = Reason(
        setting="backends",
        value=len(backends),
        formula="the first server that takes the writes, and every replica",
        facts={backend.name: backend.address for backend in backends},
    )
    reasons = tuple(reason for reason in sizing.reasons if reason.setting != "open_files")
    limit = tuple(reason for reason in sizing.reasons if reason.setting == "open_files")
    service: list[tuple[str, Written]] = [
        ("Environment", option("PGPOOLKEYFILE", KEY)),
        ("LimitNOFILE", sizing["open_files"]),
        # Without -D it would go on to take a server for dead that was so when it was stopped.
        ("ExecStart", ""),
        ("ExecStart", words("/usr/sbin/pgpool", "-n", "-D")),
    ]
    return (
        ConfigFile(
            path=CONFIG,
            text=assignments(pairs),
            owner=OWNER,
            mode=0o640,
            action="restart",
            unit=UNIT,
            reasons=(*reasons, behind),
        ),
        ConfigFile(path=ACCESS, text=_access(placed), owner=OWNER, mode=0o640, unit=UNIT),
        ConfigFile(path=DROP_IN, text=sections([("Service", service)]), action="restart", unit=UNIT, reasons=limit),
    )


def listens_on(placed: Placed) -> str:
    """Loopback where all its clients are beside it."""
    return LOOPBACK if placed.cluster.only_local(placed.host.name, "pool") else placed.host.address


def _listening(placed: Placed, sizing: Sizing) -> Iterator[tuple[str, Written]]:
    yield "backend_clustering_mode", quoted(mode_of(placed))
    yield "listen_addresses", quoted(listens_on(placed))
    yield "port", sizing["port"]
    yield "socket_dir", quoted("/run/postgresql")
    yield "pcp_socket_dir", quoted("/run/postgresql")
    yield "pcp_listen_addresses", quoted("localhost")
    yield "pid_file_name", quoted("/run/postgresql/pgpool.pid")
    yield "logdir", quoted("/var/log/postgresql")
    yield "log_destination", quoted("stderr")


def _backends(backends: tuple[Backend, ...]) -> Iterator[tuple[str, Written]]:
    for number, backend in enumerate(backends):
        yield f"backend_hostname{number}", quoted(backend.address)
        yield f"backend_port{number}", backend.port
        yield f"backend_weight{number}", backend.weight
        yield f"backend_application_name{number}", quoted(backend.name)
        yield f"backend_flag{number}", quoted("ALLOW_TO_FAILOVER")


def _pooling(placed: Placed, sizing: Sizing) -> Iterator[tuple[str, Written]]:
    yield "num_init_children", sizing["num_init_children"]
    yield "reserved_connections", REFUSING
    yield "max_pool", sizing["max_pool"]
    yield "enable_pool_hba", "on"
    yield "pool_passwd", quoted("pool_passwd")
    yield "allow_clear_text_frontend_auth", "off"
    # Its cache of answers is off; at its own defaults it would take 128 MiB at the start all the same.
    yield "memory_cache_enabled", "off"
    yield "memqcache_total_size", 8 * 1024 * 1024
    yield "memqcache_max_num_cache", 10_000
    yield "load_balance_mode", "on"
    yield "statement_level_load_balance", "on"
    yield "disable_load_balance_on_write", quoted("transaction")
    yield "primary_routing_query_pattern_list", fixed(UNBALANCED)
    if mode_of(placed) == "streaming_replication":
        yield "delay_threshold", sizing["delay_threshold_kib"] * 1024


def _watching(placed: Placed, sizing: Sizing) -> Iterator[tuple[str, Written]]:
    """It signs in as the first site does, whom every backend lets in from here: no user more, no password more."""
    name = placed.cluster.sites[0].database
    if mode_of(placed) == "streaming_replication":
        yield "sr_check_period", sizing["health_check_period"]
        yield "sr_check_user", quoted(name)
        yield "sr_check_database", quoted(name)
    yield "health_check_period", sizing["health_check_period"]
    yield "health_check_timeout", sizing["health_check_period"]
    yield "health_check_user", quoted(name)
    yield "health_check_database", quoted(name)
    yield "health_check_max_retries", 1
    yield "health_check_retry_delay", 1
    yield "connect_timeout", sizing["health_check_period"] * 1000
    yield "failover_on_backend_error", "off"


def _access(placed: Placed) -> str:
    """One line for each client, site and user, as in PostgreSQL's own pg_hba.conf."""
    cluster = placed.cluster
    edges = cluster.edges_to(placed.host.name, "pool")
    found = {cluster.address_of(edge) if edge.local else cluster.host(edge.client).address for edge in edges}
    head = "# type database user address method; the passwords stand encrypted in pool_passwd.\n"
    lines = [
        words("host", site.database, site.database, f"{address}/32", "scram-sha-256")
        for address in sorted(found, key=lambda each: [int(part) for part in each.split(".")])
        for site in cluster.sites
    ]
    return head + "".join(f"{line}\n" for line in lines)
