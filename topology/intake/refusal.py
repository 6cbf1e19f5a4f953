"""Refusals of a log: each a sentence with the way out."""

from __future__ import annotations

from topology.errors import Place, TierwrightError


class LogRefused(TierwrightError):
    """A log that cannot be read, or not as what it claims to be; `place.file` is its name."""

    def __init__(self, sentence: str, *, file: str, line: int | None = None) -> None:
        super().__init__(sentence, place=Place(file=file, line=line))


class LogTooLarge(LogRefused):
    """A log past the limit, before or after unpacking."""
