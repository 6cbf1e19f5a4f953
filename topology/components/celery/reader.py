"""Reads the units back: how many jobs at once, how long a job may take, and who keeps the clock."""

from __future__ import annotations

from topology.components.base import Placed
from topology.components.celery.files import path_of
from topology.components.celery.settings import BEAT
from topology.components.reading import Reading, Texts, read_unit, seconds_of


def reading_of(placed: Placed, texts: Texts) -> Reading:
    """The units of all sites together."""
    units = [read_unit(texts[path]) for site in placed.cluster.sites if (path := path_of(placed, site)) in texts]
    commands = [unit.get("Service.ExecStart", ("",))[-1].split() for unit in units]
    mounts = tuple(mount for unit in units for mount in unit.get("Unit.RequiresMountsFor", ()))
    stops = [seconds_of(unit["Service.TimeoutStopSec"][-1]) for unit in units if "Service.TimeoutStopSec" in unit]
    if placed.role.name == BEAT:
        clocks = tuple("beat" for command in commands if "beat" in command)
        return Reading(leads=clocks[:1], requires_mounts=mounts, stop_seconds=min(stops, default=None))
    counts = [int(option_in(command, "--concurrency") or 0) for command in commands]
    edges = placed.cluster.edges_from(placed, "pool", "sql")
    return Reading(
        workers=sum(counts),
        slots=sum(counts),
        opens={edge.endpoint.service: sum(counts) for edge in edges},
        stop_seconds=min(stops, default=None),
        requires_mounts=mounts,
    )


def option_in(command: list[str], name: str) -> str | None:
    """The value of an option of a command line; None where it is not there."""
    return command[command.index(name) + 1] if name in command[:-1] else None
