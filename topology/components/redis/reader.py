"""Reads redis.conf back: a directive and its words on each line; the last of equal ones holds."""

from __future__ import annotations

from topology.components.reading import Listening, Reading, Texts, read_assignments, read_words
from topology.components.redis.files import KERNEL, PATH


def reading_of(texts: Texts) -> Reading:
    """Addresses, connections, the primary that it follows, its log and the kernel's setting."""
    said = {line[0]: line[1:] for line in read_words(texts.get(PATH, ""))}
    port, backlog = int(_first(said, "port", "6379")), int(_first(said, "tcp-backlog", "511"))
    log, idle = _first(said, "logfile", ""), float(_first(said, "timeout", "0"))
    return Reading(
        listens=tuple(Listening(address=address, port=port, backlog=backlog) for address in said.get("bind", [])),
        accepts=int(_first(said, "maxclients", "10000")),
        idle_seconds=idle or None,
        follows=_first(said, "replicaof", "") or None,
        logs=(log,) if log else (),
        pid_file=_first(said, "pidfile", "") or None,
        kernel={name: int(value) for name, value in read_assignments(texts.get(KERNEL, "")).items()},
    )


def _first(said: dict[str, list[str]], name: str, default: str) -> str:
    return next(iter(said.get(name, [])), default)
