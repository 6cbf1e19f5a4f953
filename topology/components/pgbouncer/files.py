"""PgBouncer's files: what a reload takes up, what needs a restart, and the unit's limit of open files."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import ConfigFile, Placed, Sizing
from topology.components.cluster import LOOPBACK
from topology.components.pgbouncer.settings import size
from topology.components.rendering import Written, assignments, fixed, joined, option, sections, words
from topology.errors import Place, TierwrightError

FOLDER = "/etc/pgbouncer"
CONFIG = f"{FOLDER}/pgbouncer.ini"
LISTEN = f"{FOLDER}/tierwright-listen.ini"
USERS = f"{FOLDER}/userlist.txt"
"""Users and their passwords as SCRAM secrets. Never in a bundle."""
DROP_IN = "/etc/systemd/system/pgbouncer.service.d/tierwright.conf"
UNIT = "pgbouncer.service"
OWNER = "postgres:postgres"
LISTENING = ("port", "max_client_conn")


def files_of(placed: Placed) -> tuple[ConfigFile, ...]:
    """All three files; raises TierwrightError where there is no database to reach over the network."""
    sizing = size(placed)
    pooling = tuple(r for r in sizing.reasons if r.setting not in (*LISTENING, "open_files"))
    listening = tuple(r for r in sizing.reasons if r.setting in LISTENING)
    limit = tuple(r for r in sizing.reasons if r.setting == "open_files")
    return (
        ConfigFile(path=CONFIG, text=_config(placed, sizing), owner=OWNER, mode=0o640, unit=UNIT, reasons=pooling),
        ConfigFile(
            path=LISTEN,
            text="; Read by pgbouncer.ini; apart from it, since a change here needs a restart.\n"
            + assignments(_listening(placed, sizing)),
            owner=OWNER,
            mode=0o640,
            action="restart",
            unit=UNIT,
            reasons=listening,
        ),
        ConfigFile(
            path=DROP_IN,
            text=sections([("Service", [("LimitNOFILE", sizing["open_files"])])]),
            action="restart",
            unit=UNIT,
            reasons=limit,
        ),
    )


def _config(placed: Placed, sizing: Sizing) -> str:
    databases = list(_databases(placed))
    pooling = [*_pooling(sizing), *_signing_in(), *_debian()]
    return (
        f"{sections([('databases', databases), ('pgbouncer', pooling)], sign=' = ')}"
        f"{fixed('%include /etc/pgbouncer/tierwright-listen.ini')}\n"
    )


def _databases(placed: Placed) -> Iterator[tuple[str, Written]]:
    address, port = database_place(placed)
    for site in placed.cluster.sites:
        name = site.database
        yield name, words(option("host", address), option("port", port), option("dbname", name))


def database_place(placed: Placed) -> tuple[str, int]:
    """Host and port of the database: the first server of the plan that has one, else the one that others run.

    Raises TierwrightError where there is neither.
    """
    for edge in placed.cluster.edges_from(placed, "sql"):
        if edge.endpoint.speaks not in ("", "postgresql"):
            raise TierwrightError(
                f"{placed.host.name} is to pool connections of PostgreSQL, and {edge.server} speaks"
                f" {edge.endpoint.speaks}; take pgbouncer away, or give {edge.server} the role postgresql",
                place=Place(path=f"tier {placed.host.tier}"),
            )
        if edge.endpoint.socket is None:
            return placed.cluster.address_of(edge), edge.endpoint.port
    for external in placed.cluster.design.externals:
        if external.kind == "postgresql":
            host, _, port = external.endpoint.rpartition(":")
            return host, int(port)
    raise TierwrightError(
        f"{placed.host.name} is to pool connections, but no server has the role postgresql; give it to one",
        place=Place(path=f"tier {placed.host.tier}"),
    )


def _pooling(sizing: Sizing) -> Iterator[tuple[str, Written]]:
    yield "pool_mode", "transaction"
    yield "default_pool_size", sizing["default_pool_size"]
    yield "reserve_pool_size", sizing["reserve_pool_size"]
    yield "max_db_connections", sizing["default_pool_size"] + sizing["reserve_pool_size"]
    yield "query_wait_timeout", sizing["query_wait_timeout"]
    yield "ignore_startup_parameters", joined("extra_float_digits", "options")


def _signing_in() -> Iterator[tuple[str, Written]]:
    yield "auth_type", "scram-sha-256"
    yield "auth_file", USERS


def _debian() -> Iterator[tuple[str, Written]]:
    """Where Debian's unit and log rotation look."""
    yield "logfile", "/var/log/postgresql/pgbouncer.log"
    yield "pidfile", "/var/run/postgresql/pgbouncer.pid"
    yield "unix_socket_dir", "/var/run/postgresql"


def _listening(placed: Placed, sizing: Sizing) -> Iterator[tuple[str, Written]]:
    local = placed.cluster.only_local(placed.host.name, "pool")
    yield "listen_addr", LOOPBACK if local else placed.host.address
    yield "listen_port", sizing["port"]
    yield "max_client_conn", sizing["max_client_conn"]
