"""Reads HAProxy's file back: where it listens, whom it asks, how long it waits, what it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from topology.components.reading import Listening, Reading, Target, Texts, read_words, seconds_of

PATH = "/etc/haproxy/haproxy.cfg"
HEADS = frozenset({"global", "defaults", "frontend", "backend", "listen"})
Lines = Sequence[list[str]]


def read(texts: Texts) -> Reading:
    """The whole file; empty where the host has none."""
    parts = _sections(texts.get(PATH, ""))
    main, common, front = parts.get("global", []), parts.get("defaults", []), parts.get("frontend public", [])
    back = [line for name, lines in parts.items() if name.startswith("backend") for line in lines]
    times = {line[1]: seconds_of(line[2]) for line in common if line[0] == "timeout"}
    return Reading(
        listens=tuple(_listening(line[1]) for lines in parts.values() for line in lines if line[0] == "bind"),
        targets=_targets(parts),
        accepts=next((int(line[1]) for line in main if line[0] == "maxconn"), None),
        connect_seconds=times.get("connect"),
        read_seconds=times.get("server"),
        queue_seconds=times.get("queue"),
        idle_seconds=times.get("http-keep-alive"),
        # A connection to a server stays with that of its client, and idles for as long as that one may.
        keeps_seconds=times.get("http-keep-alive"),
        graceful_seconds=next((seconds_of(line[1]) for line in main if line[0] == "hard-stop-after"), None),
        detects_seconds=_detects(back, times.get("check", 0.0)),
        health_path=next((_after(line, "uri") for line in back if line[:2] == ["http-check", "send"]), None),
        upload_bytes=_upload(front),
        sets_headers=_set_headers(front),
        terminates_tls=any("ssl" in line for line in front if line[0] == "bind"),
        certificate_names=tuple(name for line in front if line[0] == "bind" for name in _certified(line)),
    )


def _sections(text: str) -> Mapping[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    lines: list[list[str]] = []
    for words in read_words(text):
        if words[0] in HEADS:
            lines = found.setdefault(" ".join(words[:2]), [])
        else:
            lines.append(words)
    return found


def _listening(bind: str) -> Listening:
    address, _, port = bind.rpartition(":")
    return Listening(address="" if address == "*" else address, port=int(port))


def _certified(bind: list[str]) -> list[str]:
    """A certificate's file is called after its name: /etc/ssl/private/www.example.com.pem."""
    certificate = _after(bind, "crt")
    return [PurePosixPath(certificate).stem] if certificate else []


def _targets(parts: Mapping[str, Lines]) -> tuple[Target, ...]:
    """The servers of every backend; a second backend of the same servers adds none, since it has no room of its own."""
    found: dict[tuple[str, int], Target] = {}
    for name, lines in parts.items():
        service = "media" if name == "backend media" else "web"
        for line in (line for line in lines if line[0] == "server" and name.startswith("backend")):
            address, _, port = line[2].rpartition(":")
            room = _after(line, "maxconn")
            target = Target(service=service, address=address, port=int(port), room=int(room) if room else None)
            found.setdefault((address, int(port)), target)
    return tuple(found.values())


def _detects(lines: Lines, timeout: float) -> float | None:
    """The longest that a dead server is still given requests: every failed check, and the wait for the last."""
    found = [line for line in lines if line[:2] == ["default-server", "check"]]
    if not found:
        return None
    inter, fall = _after(found[0], "inter"), _after(found[0], "fall")
    return max(seconds_of(inter or "2s") * int(fall or 3) + timeout for _ in found)


def _after(line: Sequence[str], word: str) -> str | None:
    return line[line.index(word) + 1] if word in line[:-1] else None


def _upload(lines: Lines) -> int | None:
    found = re.search(r"req\.body_size gt (\d+)", "\n".join(" ".join(line) for line in lines))
    return int(found[1]) if found else None


def _set_headers(lines: Lines) -> tuple[str, ...]:
    """Headers that it takes away from the client's request or writes itself."""
    rules = [line for line in lines if line[:2] in (["http-request", "del-header"], ["http-request", "set-header"])]
    return tuple(dict.fromkeys(line[2] for line in rules))
