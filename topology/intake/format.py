"""What a log format is to the reader: a name, and a way to read its lines once a sample has been seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from topology.intake.hits import Hit, Miss

LineReader = Callable[[bytes], Hit | Miss]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the lines of a common or combined log end, as its sample shows."""

    agent_token: int = -1
    """Which of the words after the byte count is the client's description of itself; -1 for none."""
    time_token: int = -1
    """Which of them is the response time; -1 for none."""
    raw_times: bool = False
    """Whole numbers, whose unit the log does not say, rather than decimal seconds."""
    fewest_words: int = 3
    """Words before the time in brackets: host, identity, user."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A format opened on one log."""

    title: str
    """The format in words, at most 40 characters."""
    line: LineReader
    """Reads one line without its line end."""
    layout: Layout | None = None
    """Set for common and combined logs, which have a faster reader too."""
    dateless: bool = False
    """Days are numbered, but the log does not say of which month."""
    notes: tuple[str, ...] = ()
    """What a person should know about this format's figures."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of access log; the modules of `formats` hold one or more each."""

    name: str
    open: Callable[[Sequence[bytes]], Reader]
    """Makes a reader from sample lines."""
