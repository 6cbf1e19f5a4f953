"""Lets lighttpd test its files, and looks for what it passes over: keys of applications, the order of modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from topology.components.base import Stage, Verdict
from topology.components.fronting import folders_of
from topology.components.lighttpd.checking import (
    folders_differ,
    names_differ,
    order_differs,
    settings_of,
    tested,
)
from topology.components.lighttpd.fastcgi.files import names_of, places_of
from topology.components.lighttpd.fastcgi.reader import KEYS, backends
from topology.components.lighttpd.reader import Setting, Written


def check(stage: Stage) -> Verdict:
    """lighttpd -tt without a word; modules in order; names, folders and applications are those of the design."""
    problem = tested(stage) or _differs(stage)
    return Verdict(accepted=not problem, says=problem or "lighttpd -tt says nothing, and its ends are the design's")


def _differs(stage: Stage) -> str:
    found, names = settings_of(stage), names_of(stage.placed)
    media = stage.placed.cluster.hosts_offering("media")
    folders = [
        (name, each["url"], each["directory"])
        for name, sites in names.items()
        for site in (sites if not media else [])
        for each in folders_of(site)
    ]
    return (
        order_differs(found)
        or _keys_unknown(found)
        or names_differ(found, names)
        or folders_differ(found, folders)
        or _applications_differ(stage, found)
    )


def _keys_unknown(found: Sequence[Setting]) -> str:
    """lighttpd says nothing of a key that it does not know, and goes on without it."""
    for name, path, keys in backends(found):
        odd = sorted((set(keys) - KEYS) | (KEYS - {"socket", "host", "port"} - set(keys)))
        if odd or ("socket" in keys) == ("host" in keys and "port" in keys):
            return f"fastcgi.server of {name}{path} has keys unknown or missing: {', '.join(odd) or 'its place'}"
    return ""


def _applications_differ(stage: Stage, found: Sequence[Setting]) -> str:
    passed = {f"{name}{path} to {_place(keys)}" for name, path, keys in backends(found)}
    odd = ", ".join(sorted(passed ^ set(_expected(stage))))
    return f"requests are passed on otherwise than the design says: {odd}" if odd else ""


def _place(keys: Mapping[str, Written]) -> str:
    return str(keys["socket"]) if "socket" in keys else f"{keys['host']}:{keys['port']}"


def _expected(stage: Stage) -> Iterator[str]:
    for name, sites in names_of(stage.placed).items():
        for site in sites:
            for place in places_of(stage.placed, site):
                where = place["socket"] or f"{place['address']}:{place['port']}"
                yield f"{name}{site.path} to {where}"
