"""Reads pgpool's files back: whom it takes, how many connections it opens to each server, and who may come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.components.pgpool.files import CONFIG, DROP_IN
from topology.components.reading import Listening, Reading, Target, Texts, read_assignments, read_unit


def reading_of(texts: Texts) -> Reading:
    """Limits on both sides, and the servers behind."""
    said = read_assignments(texts.get(CONFIG, ""))
    limit = read_unit(texts.get(DROP_IN, "")).get("Service.LimitNOFILE", ())
    children = int(said.get("num_init_children", 32))
    opened = children * int(said.get("max_pool", 4))
    address = said.get("listen_addresses", "localhost")
    address = {"localhost": "127.0.0.1", "*": ""}.get(address, address)
    return Reading(
        listens=(Listening(address=address, port=int(said.get("port", 9999))),),
        accepts=children - int(said.get("reserved_connections", 0)),
        workers=children,
        targets=tuple(_targets(said)),
        opens={"sql": opened, "sql_replica": opened},
        pool_mode="session",
        connect_seconds=float(said.get("connect_timeout", 10_000)) / 1000,
        keeps_seconds=float(said.get("connection_life_time", 0)) or None,
        detects_seconds=_detects(said),
        open_files=int(limit[-1]) if limit else None,
        pid_file=said.get("pid_file_name"),
    )


def _targets(said: Mapping[str, str]) -> Iterator[Target]:
    for number in range(128):
        address = said.get(f"backend_hostname{number}")
        if address is None:
            return
        port = int(said.get(f"backend_port{number}", 5432))
        yield Target(service="sql" if number == 0 else "sql_replica", address=address, port=port)


def _detects(said: Mapping[str, str]) -> float | None:
    """A period, then each try with its time and the wait before the next."""
    period = float(said.get("health_check_period", 0))
    tries = int(said.get("health_check_max_retries", 0))
    each, wait = float(said.get("health_check_timeout", 20)), float(said.get("health_check_retry_delay", 1))
    return period + (tries + 1) * each + tries * wait if period else None
