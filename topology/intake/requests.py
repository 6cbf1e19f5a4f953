"""What a request line says: its method, its path, and what kind of answer the path asks for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from topology.workload import KINDS

STATIC_EXTENSIONS = frozenset(
    b"css js png gif jpg jpeg ico svg webp bmp xbm woff woff2 ttf eot otf map swf mp3 mp4 avi mov mpg mpeg wav au"
    b" pdf zip gz tgz tar exe ps txt xml".split()
)
"""Extensions that count as static in the facts."""
MEDIA_EXTENSIONS = frozenset(
    b"png gif jpg jpeg webp bmp xbm swf mp3 mp4 avi mov mpg mpeg wav au pdf zip gz tgz tar exe ps".split()
)
"""Of these, what editors and users upload; the rest is a site's own style, script, font and text."""
_MEDIA_ALSO = frozenset(b"avif heic tif tiff webm m4a m4v ogg ogv oga flac mkv 7z rar bz2 xz doc docx xls xlsx".split())
_STATIC_ALSO = frozenset(b"mjs wasm cur".split())

PAGE, API, STATIC, MEDIA = range(len(KINDS))
"""Kinds by number, in the order of `workload.KINDS`."""
KIND_MASK = 0b11
IN_FACTS, TEXT, HELD, BOT = 4, 8, 16, 32
"""Traits: static in the facts; static as txt or xml; held open on purpose; a client that says it is a robot."""

PREFIXES: tuple[tuple[bytes, int], ...] = (
    (b"/static/", STATIC),
    (b"/media/", MEDIA),
    (b"/uploads", MEDIA),
    (b"/api/", API),
    (b"/graphql", API),
    (b"/socket.", API | HELD),
    (b"/sockjs", API | HELD),
    (b"/engine.", API | HELD),
    (b"/longpol", API | HELD),
    (b"/comet/", API | HELD),
)
"""Beginnings of paths, at most eight bytes each, and the traits they give where the extension says nothing."""

METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"CONNECT", b"TRACE", b"PROPFIND")
_METHOD = re.compile(rb"[A-Za-z][A-Za-z_-]{0,23}")
_CUT = re.compile(rb"[?#;]")
_BOT = re.compile(rb"bot|crawl|spider|slurp", re.IGNORECASE)


def traits_of_extension() -> dict[bytes, int]:
    """The traits that each known extension gives."""
    known = dict.fromkeys(STATIC_EXTENSIONS - MEDIA_EXTENSIONS, STATIC | IN_FACTS)
    known |= dict.fromkeys(MEDIA_EXTENSIONS, MEDIA | IN_FACTS)
    known |= dict.fromkeys(_MEDIA_ALSO, MEDIA) | dict.fromkeys(_STATIC_ALSO, STATIC)
    known |= dict.fromkeys((b"txt", b"xml"), STATIC | IN_FACTS | TEXT)
    return known


_OF_EXTENSION = traits_of_extension()


class Request(NamedTuple):
    """A request line taken apart: its method, whether it is whole, traits, and the page that it asks for."""

    method: str
    """Empty where the line is no whole request, or the log does not say."""
    whole: bool
    """Method, path and `HTTP/...`, nothing else."""
    traits: int
    path: bytes = b""
    """Its path without host and query; empty where the line is no whole request."""


@lru_cache(maxsize=8192)
def read_request(line: bytes) -> Request:
    """Take `GET /path HTTP/1.1` apart; a line that is not whole still gives the traits of its second word."""
    words = line.split()
    path = words[1] if len(words) > 1 else b""
    whole = len(words) == 3 and words[2].startswith(b"HTTP/") and _METHOD.fullmatch(words[0]) is not None
    method = words[0].decode("ascii") if whole else ""
    return Request(method, whole, traits_of(path), cut_path(path) if whole else b"")


def request_of(method: bytes, path: bytes) -> Request:
    """The request of a log that writes method and path apart; an empty method is one the log does not name."""
    whole = path != b"" and b" " not in path and (not method or _METHOD.fullmatch(method) is not None)
    return Request(method.decode("ascii") if whole else "", whole, traits_of(path), cut_path(path) if whole else b"")


def cut_path(path: bytes) -> bytes:
    """A path without its host, and cut at `?`, `#` and `;`."""
    return _CUT.split(_without_host(path), maxsplit=1)[0]


def traits_of(path: bytes) -> int:
    """Kind and flags of a path, which is cut first."""
    path = cut_path(path)
    _, dot, extension = path[path.rfind(b"/") + 1 :].rpartition(b".")
    known = _OF_EXTENSION.get(extension.lower()) if dot else None
    return _of_prefix(path) if known is None else known


def is_cacheable(method: str, status: int, traits: int) -> bool:
    """Whether an answer might be kept for the next who asks: a page or a call of the API, got whole with GET."""
    return method == "GET" and status == 200 and traits & KIND_MASK <= API and not traits & HELD


def is_bot(agent: bytes | None) -> bool | None:
    """Whether a client's own description says that it is a robot; None where it is not logged."""
    return None if agent is None else _BOT.search(agent) is not None


def _without_host(path: bytes) -> bytes:
    if path.startswith(b"/"):
        return path
    _, scheme, rest = path.partition(b"://")
    return rest[rest.find(b"/") :] if scheme and b"/" in rest else b"" if scheme else path


def _of_prefix(path: bytes) -> int:
    return next((traits for prefix, traits in PREFIXES if path.startswith(prefix)), PAGE)
