"""Reads PostgreSQL's files back: its limits and times, whom it follows, and who is let in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from topology.components.reading import Admission, Listening, Reading, Texts, read_assignments, seconds_of

_OURS = re.compile(r"/etc/postgresql/\d+/main/(conf\.d/[\w.-]+\.conf|pg_hba\.conf)")
_FOLLOWED = re.compile(r"\bhost=(\S+)")
AT_LEAST_PRIMARYS = ("max_connections", "max_worker_processes", "max_wal_senders")
"""Limits that a replica must not have smaller than its primary; those of locks and prepared transactions are left at
PostgreSQL's own on every server."""
OWN = {"max_connections": 100, "superuser_reserved_connections": 3, "max_wal_senders": 10, "max_worker_processes": 8}
"""What PostgreSQL takes where a file says nothing (PostgreSQL 15 and 16, documentation of each setting)."""


def reading_of(texts: Texts) -> Reading:
    """Limits, timeouts, replication and who may come in."""
    said: dict[str, str] = {}
    for path in sorted(texts):
        if _OURS.fullmatch(path) and path.endswith(".conf") and "conf.d" in path:
            said.update(read_assignments(texts[path]))
    access = [texts[path] for path in texts if _OURS.fullmatch(path) and path.endswith("pg_hba.conf")]
    followed = _FOLLOWED.search(said.get("primary_conninfo", ""))
    return Reading(
        listens=tuple(_listens(said)),
        accepts=_number(said, "max_connections"),
        reserved=_number(said, "superuser_reserved_connections"),
        statement_seconds=_seconds(said, "statement_timeout"),
        replication={name: _number(said, name) for name in AT_LEAST_PRIMARYS},
        senders=_number(said, "max_wal_senders"),
        follows=followed[1] if followed else None,
        admits=tuple(admission for text in access for admission in admissions_in(text)),
    )


def admissions_in(text: str) -> Iterator[Admission]:
    """Every line of pg_hba.conf."""
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        address = "local" if words[0] == "local" else words[3].removesuffix("/32")
        yield Admission(address=address, database=words[1], user=words[2])


def _listens(said: Mapping[str, str]) -> Iterator[Listening]:
    port = int(said.get("port", 5432))
    for address in said.get("listen_addresses", "localhost").split(","):
        yield Listening(address={"localhost": "127.0.0.1", "*": ""}.get(address.strip(), address.strip()), port=port)


def _number(said: Mapping[str, str], name: str) -> int:
    return int(said.get(name, OWN[name]))


def _seconds(said: Mapping[str, str], name: str) -> float | None:
    """A time; 0 and nothing are no limit. Without a unit PostgreSQL takes milliseconds."""
    text = said.get(name, "0")
    seconds = float(text) / 1000 if text.isdecimal() else seconds_of(text)
    return seconds or None
