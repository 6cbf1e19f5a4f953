"""Reads back to whom lighttpd passes requests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from topology.components.base import Placed
from topology.components.lighttpd.main import MAIN
from topology.components.lighttpd.reader import Setting, Written, pairs, parse, read_common
from topology.components.reading import Reading, Target, Texts

KEYS = frozenset(
    {"socket", "host", "port", "check-local", "fix-root-scriptname", "connect-timeout"}
    | {"read-timeout", "write-timeout", "disable-time"}
)
"""Keys of an application in fastcgi.server that our files use; lighttpd passes over one that it does not know."""


def backends(found: Sequence[Setting]) -> Iterator[tuple[str, str, Mapping[str, Written]]]:
    """Host name, path and keys of every application that requests are passed on to."""
    for each in (each for each in found if each.name == "fastcgi.server"):
        path = next((value for kind, value in each.within if kind == "url"), "")
        for _, listed in pairs(each.value):
            for _, keys in pairs(listed):
                yield each.host, path, dict(pairs(keys))


def read(placed: Placed, texts: Texts) -> Reading:
    """What both roles say, and the applications with the times that they are waited for."""
    found = parse(texts.get(MAIN, ""))
    listed = [(name, path, keys) for name, path, keys in backends(found)]
    several = any(keys.get("disable-time") != "0" for _, _, keys in listed)
    connect = _longest(listed, "connect-timeout")
    return read_common(texts).with_(
        targets=tuple(dict.fromkeys(_target(placed, *each) for each in listed)),
        connect_seconds=connect,
        read_seconds=_longest(listed, "read-timeout"),
        keeps_seconds=0.0 if listed else None,
        # The first request that finds it dead takes it out.
        detects_seconds=connect if several else None,
    )


def _longest(listed: Sequence[tuple[str, str, Mapping[str, Written]]], name: str) -> float | None:
    return max((float(str(keys[name])) for _, _, keys in listed if name in keys), default=None)


def _target(placed: Placed, name: str, path: str, keys: Mapping[str, Written]) -> Target:
    site = next((each.name for each in placed.cluster.sites if name in each.domains and each.path == path), "")
    if "socket" in keys:
        return Target(service="app", socket=str(keys["socket"]), site=site)
    return Target(service="app", address=str(keys["host"]), port=int(str(keys["port"])), site=site)
