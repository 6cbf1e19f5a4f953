"""Reads nginx's files back: a small parser of its language, and what the directives say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from topology.components.reading import Listening, Reading, Target, Texts, bytes_of_text, seconds_of

MAIN = "/etc/nginx/nginx.conf"
WEB = "/etc/nginx/conf.d/tierwright-web.conf"
MEDIA = "/etc/nginx/conf.d/tierwright-media.conf"
PASSES = ("proxy_pass", "fastcgi_pass", "uwsgi_pass")
_WORD = re.compile(r"""#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|[^\s{};]+""")


@dataclass(frozen=True, kw_only=True)
class Directive:
    """A directive with its words, and what stands in its braces."""

    name: str
    words: tuple[str, ...]
    block: tuple[Directive, ...] = ()


def parse(text: str) -> tuple[Directive, ...]:
    """The directives of a file, comments left out."""
    words = [word for word in _WORD.findall(text) if not word.startswith("#")]
    return tuple(_block(iter(words)))


def _block(words: Iterator[str]) -> Iterator[Directive]:
    """Directives up to the closing brace or the end."""
    held: list[str] = []
    for word in words:
        if word == "}":
            return
        if word not in ("{", ";"):
            held.append(word.strip("\"'") if word[0] in "\"'" else word)
        elif held:
            inner = tuple(_block(words)) if word == "{" else ()
            yield Directive(name=held[0], words=tuple(held[1:]), block=inner)
            held = []


def every(directives: Sequence[Directive]) -> Iterator[Directive]:
    """The directives and all within them, outer ones first."""
    for each in directives:
        yield each
        yield from every(each.block)


def read(texts: Texts, path: str) -> Reading:
    """The main file and the servers of one role; empty where the host has none of them."""
    main, own = _values(parse(texts.get(MAIN, ""))), parse(texts.get(path, ""))
    values = _values(own)
    workers, each = _number(main, "worker_processes"), _number(main, "worker_connections")
    files = _number(main, "worker_rlimit_nofile")
    # A request that is passed on takes two connections of a worker: the client's and the application's.
    ends = 2 if path == WEB else 1
    return Reading(
        listens=tuple(dict.fromkeys(_listening(words[0]) for words in values.get("listen", ()))),
        targets=tuple(_targets(own)),
        accepts=workers * each // ends if workers and each else None,
        workers=workers,
        open_files=files * workers if files and workers else None,
        connect_seconds=_time(values, "connect_timeout"),
        read_seconds=_time(values, "read_timeout"),
        idle_seconds=_seconds(main, "keepalive_timeout"),
        keeps_seconds=None if "keepalive" in values else 0.0,
        detects_seconds=_detects(own, values),
        upload_bytes=_upload(main),
        urls={item.words[0]: word for item in every(own) if item.name == "location" for word in _aliases(item)},
        names=tuple(word for words in values.get("server_name", ()) for word in words if word != "_"),
        trusts=tuple(dict.fromkeys(words[0] for words in values.get("set_real_ip_from", ()))) or None,
        sets_headers=tuple(_headers(values)),
        logs=tuple(words[0] for name in ("access_log", "error_log") for words in main.get(name, ())),
        pid_file=main["pid"][0][0] if "pid" in main else None,
    )


Values = Mapping[str, list[tuple[str, ...]]]


def _values(directives: Sequence[Directive]) -> Values:
    found: dict[str, list[tuple[str, ...]]] = {}
    for item in every(directives):
        found.setdefault(item.name, []).append(item.words)
    return found


def _number(values: Values, name: str) -> int | None:
    return int(values[name][-1][0]) if name in values else None


def _seconds(values: Values, name: str) -> float | None:
    return seconds_of(values[name][-1][0]) if name in values else None


def _time(values: Values, name: str) -> float | None:
    """The longest of the languages in use."""
    found = [_seconds(values, f"{speech}_{name}") for speech in ("proxy", "fastcgi", "uwsgi")]
    return max((each for each in found if each is not None), default=None)


def _listening(word: str) -> Listening:
    address, _, port = word.rpartition(":")
    return Listening(address=address, port=int(port))


def _targets(directives: Sequence[Directive]) -> Iterator[Target]:
    for upstream in directives:
        for server in upstream.block if upstream.name == "upstream" else ():
            if server.name == "server":
                yield _target(server.words[0], upstream.words[0].removeprefix("app_"))


def _target(word: str, site: str) -> Target:
    if word.startswith("unix:"):
        return Target(service="app", socket=word.removeprefix("unix:"), site=site)
    address, _, port = word.rpartition(":")
    return Target(service="app", address=address, port=int(port), site=site)


def _detects(directives: Sequence[Directive], values: Values) -> float | None:
    """A silent server is out once so many requests have waited for it; None where a site has one server only."""
    counts = [
        int(word.partition("=")[2]) for item in every(directives) for word in item.words if word.startswith("max_fails")
    ]
    connect = _time(values, "connect_timeout")
    return max(counts) * connect if connect and any(counts) else None


def _upload(main: Values) -> int | None:
    return bytes_of_text(main["client_max_body_size"][-1][0]) if "client_max_body_size" in main else None


def _aliases(location: Directive) -> list[str]:
    return [item.words[0] for item in location.block if item.name == "alias"]


def _headers(values: Values) -> Iterator[str]:
    """Headers that the application gets from nginx, whatever the client wrote."""
    yield from (words[0] for words in values.get("proxy_set_header", ()) if words[0] != "Connection")
    for name in ("fastcgi_param", "uwsgi_param"):
        for words in values.get(name, ()):
            if words[0].startswith("HTTP_"):
                yield words[0].removeprefix("HTTP_").replace("_", "-").title()
