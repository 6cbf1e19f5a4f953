"""Reads PgBouncer's files back: whom it takes, how many connections it opens, and how long a query waits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from topology.components.base import Placed
from topology.components.pgbouncer.files import CONFIG, DROP_IN, LISTEN
from topology.components.reading import Listening, Reading, Target, Texts, read_assignments, read_ini, read_unit

_OPTION = re.compile(r"(\w+)=('[^']*'|\S+)")


def reading_of(placed: Placed, texts: Texts) -> Reading:
    """Limits on both sides, the mode of pooling, and the databases behind."""
    parts = read_ini(texts.get(CONFIG, "").replace("%include", ";%include"))
    said, listening = parts.get("pgbouncer", {}), read_assignments(texts.get(LISTEN, ""))
    databases = {name: dict(_OPTION.findall(value)) for name, value in parts.get("databases", {}).items()}
    limit = read_unit(texts.get(DROP_IN, "")).get("Service.LimitNOFILE", ())
    opened = sum(_most(said, database) for database in databases.values())
    return Reading(
        listens=(Listening(address=_address(listening), port=int(listening.get("listen_port", 6432))),),
        accepts=int(listening.get("max_client_conn", said.get("max_client_conn", 100))),
        targets=tuple(_targets(placed, databases)),
        opens={"sql": opened, "sql_replica": opened},
        pool_mode=said.get("pool_mode", "session"),
        queue_seconds=float(said.get("query_wait_timeout", 120)) or None,
        idle_seconds=float(said.get("client_idle_timeout", 0)) or None,
        keeps_seconds=float(said.get("server_idle_timeout", 600)),
        connect_seconds=float(said.get("server_connect_timeout", 15)),
        open_files=int(limit[-1]) if limit else None,
        logs=tuple(said[key] for key in ("logfile",) if said.get(key)),
        pid_file=said.get("pidfile"),
    )


def _most(said: Mapping[str, str], database: Mapping[str, str]) -> int:
    """Connections to one database: each has one user, so its pool and its reserve, capped by max_db_connections."""
    pool = int(database.get("pool_size", said.get("default_pool_size", 20)))
    reserve = int(database.get("reserve_pool", said.get("reserve_pool_size", 0)))
    cap = int(database.get("max_db_connections", said.get("max_db_connections", 0)))
    return min(pool + reserve, cap) if cap else pool + reserve


def _address(listening: Mapping[str, str]) -> str:
    address = listening.get("listen_addr", "")
    return "" if address == "*" else address


def _targets(placed: Placed, databases: Mapping[str, Mapping[str, str]]) -> Iterator[Target]:
    sites = {site.database: site.name for site in placed.cluster.sites}
    for name, database in databases.items():
        yield Target(
            service="sql",
            address=database.get("host", ""),
            port=int(database.get("port", 5432)),
            site=sites.get(name, name),
        )
