"""Reads uvicorn's files back: the options in each unit, and the plain values of the module that enters a site."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Mapping

from topology.components.base import Placed
from topology.components.reading import Listening, Reading, Texts, read_unit, seconds_of
from topology.components.serving import unit_name
from topology.components.uvicorn.files import entry_path

Unit = Mapping[str, tuple[str, ...]]
Options = Mapping[str, str]


def options_of(unit: Unit) -> Options:
    """The options of a command line that take a word, without their dashes."""
    words = shlex.split(unit.get("Service.ExecStart", ("",))[-1])
    pairs = itertools.pairwise(words)
    return {name[2:]: value for name, value in pairs if name.startswith("--") and not value.startswith("--")}


def read(placed: Placed, texts: Texts) -> Reading:
    """All sites of the host together; empty where it has no file of them."""
    sites = [site for site in placed.cluster.sites if entry_path(site) in texts]
    if not sites:
        return Reading()
    units = [read_unit(texts.get(f"/etc/systemd/system/{unit_name(site)}", "")) for site in sites]
    options = [options_of(unit) for unit in units]
    entries = [texts[entry_path(site)] for site in sites]
    workers = [int(each.get("workers", 1)) for each in options]
    slots = sum(n * _written(r"Semaphore\((\d+)\)", entry) for n, entry in zip(workers, entries, strict=True))
    return Reading(
        listens=tuple(_listening(each) for each in options),
        slots=slots,
        workers=sum(workers),
        opens={"sql": slots, "pool": slots, "cache": slots},
        request_seconds=max(float(_written(r"^SECONDS = (\d+)", entry)) for entry in entries),
        graceful_seconds=_longest(options, "timeout-graceful-shutdown"),
        idle_seconds=_longest(options, "timeout-keep-alive") or 5.0,
        stop_seconds=max((seconds_of(text) for text in _all(units, "Service.TimeoutStopSec")), default=None),
        trusts=_trusts(options),
        requires_mounts=tuple(dict.fromkeys(_all(units, "Unit.RequiresMountsFor"))),
    )


def _written(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return int(found[1]) if found else 0


def _listening(options: Options) -> Listening:
    backlog = int(options["backlog"]) if "backlog" in options else None
    if "uds" in options:
        return Listening(socket=options["uds"], backlog=backlog)
    return Listening(address=options.get("host", "127.0.0.1"), port=int(options.get("port", 8000)), backlog=backlog)


def _longest(options: list[Options], name: str) -> float | None:
    return max((float(each[name]) for each in options if name in each), default=None)


def _all(units: list[Unit], key: str) -> Iterator[str]:
    return (value for unit in units for value in unit.get(key, ()))


def _trusts(options: list[Options]) -> tuple[str, ...] | None:
    listed = [each["forwarded-allow-ips"].split(",") for each in options if "forwarded-allow-ips" in each]
    return tuple(dict.fromkeys(address for addresses in listed for address in addresses)) if listed else None
