"""Reads uWSGI's files back: its options, where a name may stand several times, and the units of the sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.components.base import Placed
from topology.components.reading import Listening, Reading, Texts, read_unit, seconds_of
from topology.components.serving import unit_name
from topology.components.uwsgi.files import config_path

Options = Mapping[str, tuple[str, ...]]


def options_of(text: str) -> Options:
    """Every value of each option; `read_ini` would keep the last one only."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip() and key.lstrip()[0] not in ";#[":
            found.setdefault(key.strip(), []).append(value.strip())
    return {key: tuple(values) for key, values in found.items()}


def read(placed: Placed, texts: Texts) -> Reading:
    """All sites of the host together; empty where it has no file of them."""
    sites = [site for site in placed.cluster.sites if config_path(site) in texts]
    if not sites:
        return Reading()
    options = [options_of(texts[config_path(site)]) for site in sites]
    units = [read_unit(texts.get(f"/etc/systemd/system/{unit_name(site)}", "")) for site in sites]
    slots = sum(_number(each, "processes") * _number(each, "threads") for each in options)
    return Reading(
        listens=tuple(_listening(each) for each in options),
        slots=slots,
        workers=sum(_number(each, "processes") for each in options),
        opens={"sql": slots, "pool": slots, "cache": slots},
        request_seconds=_longest(options, "harakiri"),
        graceful_seconds=_longest(options, "worker-reload-mercy"),
        stop_seconds=max((seconds_of(text) for text in _all(units, "Service.TimeoutStopSec")), default=None),
        requires_mounts=tuple(dict.fromkeys(_all(units, "Unit.RequiresMountsFor"))),
    )


def _number(options: Options, name: str) -> int:
    return int(options.get(name, ("1",))[-1])


def _listening(options: Options) -> Listening:
    place, backlog = options["socket"][-1], _number(options, "listen")
    if place.startswith("/"):
        return Listening(socket=place, backlog=backlog)
    address, _, port = place.rpartition(":")
    return Listening(address=address, port=int(port), backlog=backlog)


def _longest(options: list[Options], name: str) -> float | None:
    return max((float(each[name][-1]) for each in options if name in each), default=None)


def _all(units: list[Options], key: str) -> Iterator[str]:
    return (value for unit in units for value in unit.get(key, ()))
