"""Reads Perlbal's files back: services with their settings, and the members of the pools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.components.perlbal.files import CONFIG, UNIT_PATH
from topology.components.reading import Listening, Reading, Target, Texts, read_unit, seconds_of

Section = Mapping[str, str]


def parse(text: str) -> Mapping[str, Section]:
    """`POOL name` and `SERVICE name` -> what is set for it; headers as `REMOVE name` and `INSERT name`."""
    found: dict[str, dict[str, str]] = {}
    here: dict[str, str] = {}
    for words in (line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")):
        if words[0] == "CREATE":
            here = found.setdefault(" ".join(words[1:3]), {})
        elif words[0] == "SET":
            here[words[1]] = " ".join(words[3:])
        elif words[0] == "HEADER":
            here[f"{words[2]} {words[3].rstrip(':')}"] = " ".join(words[4:])
    return found


def members(text: str) -> tuple[str, ...]:
    """The members of a file of a pool."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


def read(texts: Texts) -> Reading:
    """The whole of it; empty where the host has no such file."""
    parts = parse(texts.get(CONFIG, ""))
    web = parts.get("SERVICE web", {})
    unit = read_unit(texts.get(UNIT_PATH, ""))
    stop, files = unit.get("Service.TimeoutStopSec", ()), unit.get("Service.LimitNOFILE", ())
    return Reading(
        listens=tuple(_listening(part["listen"]) for part in parts.values() if "listen" in part),
        targets=tuple(_targets(parts, texts)),
        open_files=int(files[-1]) if files else None,
        accepts=(int(files[-1]) - 100) // 2 if files else None,
        read_seconds=_seconds(web, "idle_timeout"),
        idle_seconds=_seconds(web, "persist_client_idle_timeout") if web.get("persist_client") == "on" else 0.0,
        keeps_seconds=0.0 if web.get("persist_backend") == "off" else None,
        stop_seconds=seconds_of(stop[-1]) if stop else None,
        health_path=web.get("verify_backend_path") if web.get("verify_backend") == "on" else None,
        upload_bytes=int(web["max_content_length"]) if "max_content_length" in web else None,
        # Perlbal writes X-Forwarded-For anew for every client that it is not told to trust.
        sets_headers=("X-Forwarded-For", *dict.fromkeys(_headers(web))) if web else (),
    )


def _listening(place: str) -> Listening:
    address, _, port = place.rpartition(":")
    return Listening(address="" if address == "0.0.0.0" else address, port=int(port))


def _seconds(part: Section, name: str) -> float | None:
    return float(part[name]) if name in part else None


def _headers(part: Section) -> Iterator[str]:
    return (name.split()[1] for name in part if name.startswith(("REMOVE ", "INSERT ")))


def _targets(parts: Mapping[str, Section], texts: Texts) -> Iterator[Target]:
    for name, part in parts.items():
        kind, _, pool = name.partition(" ")
        for place in members(texts.get(part.get("nodefile", ""), "")) if kind == "POOL" else ():
            address, _, port = place.rpartition(":")
            yield Target(service=pool.removesuffix("_servers"), address=address, port=int(port))
