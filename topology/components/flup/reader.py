"""Reads flup's options and units back: where it listens, what it holds at once, how long it works and stops."""

from __future__ import annotations

from collections.abc import Mapping

from topology.components.base import Placed
from topology.components.flup.files import options_path, unit_name
from topology.components.reading import Listening, Reading, Texts, read_ini, read_unit, seconds_of
from topology.design import Site

Options = Mapping[str, str]
Unit = Mapping[str, tuple[str, ...]]


def read(placed: Placed, texts: Texts) -> Reading:
    """All sites of the host together; empty where it has no file of them."""
    sites = [site for site in placed.cluster.sites if options_path(site) in texts]
    if not sites:
        return Reading()
    options = [read_ini(texts[options_path(site)])["fcgi"] for site in sites]
    units = [_unit_of(texts, site) for site in sites]
    slots = sum(_slots(each) for each in options)
    return Reading(
        listens=tuple(_listening(each) for each in options),
        slots=slots,
        workers=sum(_slots(each) if each["method"] == "prefork" else 1 for each in options),
        opens={"sql": slots, "pool": slots, "cache": slots},
        request_seconds=max((float(each["timeout"]) for each in options if "timeout" in each), default=None),
        stop_seconds=max(
            (seconds_of(text) for unit in units for text in unit.get("Service.TimeoutStopSec", ())), default=None
        ),
        requires_mounts=tuple(path for unit in units for path in unit.get("Unit.RequiresMountsFor", ())),
        trusts=_trusts(options),
        pid_file=options[0].get("pidfile"),
    )


def _unit_of(texts: Texts, site: Site) -> Unit:
    return read_unit(texts.get(f"/etc/systemd/system/{unit_name(site)}", ""))


def _slots(options: Options) -> int:
    return int(options["maxthreads" if options["method"] == "threaded" else "maxchildren"])


def _listening(options: Options) -> Listening:
    backlog = int(options["backlog"])
    if "socket" in options:
        return Listening(socket=options["socket"], backlog=backlog)
    return Listening(address=options["host"], port=int(options["port"]), backlog=backlog)


def _trusts(options: list[Options]) -> tuple[str, ...] | None:
    """Who may connect says who the client is; a socket is open to its own host alone."""
    listed = [each["web_server_addrs"].split(",") for each in options if "web_server_addrs" in each]
    return tuple(dict.fromkeys(address for addresses in listed for address in addresses)) if listed else None
