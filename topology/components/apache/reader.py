"""What an Apache's files say, as far as it is the same for each of its roles."""

from __future__ import annotations

from collections.abc import Sequence

from topology.components.apache.checking import UNKNOWN
from topology.components.apache.main import MAIN
from topology.components.apache.parsing import Directive, directives_of, last
from topology.components.apache.units import DROP_IN
from topology.components.reading import Listening, Reading, Texts, read_unit, seconds_of


def reading_of(texts: Texts) -> Reading:
    """Ports, processes, times, names, folders and logs of the one Apache of a host."""
    found = directives_of(texts, MAIN)
    slots, threads = int(last(found, "MaxRequestWorkers", "0")), int(last(found, "ThreadsPerChild", "1"))
    unit = read_unit(texts.get(DROP_IN, ""))
    stop = unit.get("Service.TimeoutStopSec", ())
    graceful = last(found, "GracefulShutdownTimeout")
    return Reading(
        listens=tuple(_listening(found)),
        accepts=slots or None,
        slots=slots or None,
        workers=slots // threads or None,
        idle_seconds=_idle(found),
        graceful_seconds=float(graceful) if graceful else None,
        stop_seconds=seconds_of(stop[-1]) if stop else None,
        upload_bytes=int(last(found, "LimitRequestBody", "0")),
        urls=urls_of(found),
        names=names_of(found),
        trusts=_words(found, "remoteipinternalproxy") or None,
        sets_headers=tuple(dict.fromkeys(each.words[1] for each in found if each.name == "requestheader")),
        logs=tuple(dict.fromkeys(each.words[0] for each in found if each.name in ("errorlog", "customlog"))),
        requires_mounts=tuple(path for line in unit.get("Unit.RequiresMountsFor", ()) for path in line.split()),
        pid_file=last(found, "PidFile") or None,
    )


def names_of(found: Sequence[Directive]) -> tuple[str, ...]:
    """Host names of all virtual hosts but the one for strangers."""
    words = [word for each in found if each.name in ("servername", "serveralias") and each.vhost for word in each.words]
    return tuple(dict.fromkeys(word for word in words if word != UNKNOWN))


def urls_of(found: Sequence[Directive]) -> dict[str, str]:
    """URL prefix -> directory of every Alias."""
    return {each.words[0]: each.words[1] for each in found if each.name == "alias"}


def _listening(found: Sequence[Directive]) -> list[Listening]:
    backlog = last(tuple(found), "ListenBacklog")
    listed = []
    for word in _words(found, "listen"):
        address, _, port = word.rpartition(":")
        listed.append(Listening(address=address, port=int(port), backlog=int(backlog) if backlog else None))
    return listed


def _words(found: Sequence[Directive], name: str) -> tuple[str, ...]:
    return tuple(word for each in found if each.name == name for word in each.words)


def _idle(found: tuple[Directive, ...]) -> float | None:
    if last(found, "KeepAlive", "On").lower() == "off":
        return 0.0
    written = last(found, "KeepAliveTimeout")
    return float(written) if written else None
