"""Reads gunicorn's files back: the configuration as Python that is not run, and the units of the sites."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from topology.components.base import Placed
from topology.components.reading import Listening, Reading, Texts, bytes_of_text, read_unit, seconds_of
from topology.design import Site

Written = Mapping[str, Any]
Unit = Mapping[str, tuple[str, ...]]


def read(placed: Placed, texts: Texts) -> Reading:
    """All sites of the host together; empty where it has no file of them."""
    sites = [site for site in placed.cluster.sites if _path(site) in texts]
    configs = [_assigned(texts[_path(site)]) for site in sites]
    units = [read_unit(texts.get(f"/etc/systemd/system/app-{site.name}.service", "")) for site in sites]
    if not configs:
        return Reading()
    slots = sum(each.get("workers", 1) * each.get("threads", 1) for each in configs)
    return Reading(
        listens=tuple(_listening(each["bind"]) for each in configs if "bind" in each),
        slots=slots,
        workers=sum(each.get("workers", 1) for each in configs),
        opens={"sql": slots, "pool": slots, "cache": slots},
        # A worker of threads is only ended where it is stuck as a whole; the time is what the chain reckons with.
        request_seconds=_longest(configs, "timeout"),
        # One site that gives its requests less time is one too many.
        graceful_seconds=_shortest(configs, "graceful_timeout"),
        idle_seconds=_shortest(configs, "keepalive"),
        stop_seconds=min((seconds_of(text) for text in _all(units, "Service.TimeoutStopSec")), default=None),
        memory_max_mib=_memory_max(units),
        trusts=_trusts(configs),
        requires_mounts=tuple(dict.fromkeys(_all(units, "Unit.RequiresMountsFor"))),
    )


def _path(site: Site) -> str:
    return f"/etc/{site.name}/gunicorn.conf.py"


def _assigned(text: str) -> Written:
    """Plain values that the file assigns at its top level; the last of equal names holds."""
    found: dict[str, Any] = {}
    for line in ast.parse(text).body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant | ast.List):
            found.update({target.id: ast.literal_eval(line.value) for target in _names(line)})
    return found


def _names(line: ast.Assign) -> Iterator[ast.Name]:
    return (target for target in line.targets if isinstance(target, ast.Name))


def _listening(bind: str) -> Listening:
    if bind.startswith("unix:"):
        return Listening(socket=bind.removeprefix("unix:"))
    address, _, port = bind.rpartition(":")
    return Listening(address=address, port=int(port))


def _longest(configs: list[Written], name: str) -> float | None:
    return max((float(each[name]) for each in configs if name in each), default=None)


def _shortest(configs: list[Written], name: str) -> float | None:
    return min((float(each[name]) for each in configs if name in each), default=None)


def _memory_max(units: list[Unit]) -> int | None:
    """The limits of all sites that have one, together."""
    limits = [bytes_of_text(text) for text in _all(units, "Service.MemoryMax") if text[:1].isdigit()]
    return sum(limits) // 1024**2 if limits else None


def _all(units: list[Unit], key: str) -> Iterator[str]:
    return (value for unit in units for value in unit.get(key, ()))


def _trusts(configs: list[Written]) -> tuple[str, ...] | None:
    listed = [str(each["forwarded_allow_ips"]).split(",") for each in configs if "forwarded_allow_ips" in each]
    return tuple(dict.fromkeys(address for addresses in listed for address in addresses)) if listed else None
