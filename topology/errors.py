"""The one kind of error that a person is meant to read: a sentence and the place it speaks of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something was found: a file, a line (from 1) and a path of keys into the document."""

    file: str | None = None
    line: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        spot = self.file or ""
        if self.line is not None:
            spot = f"{spot}:{self.line}" if spot else f"line {self.line}"
        return ", ".join(part for part in (spot, self.path) if part)


class TierwrightError(Exception):
    """A refusal: `sentence` says what is wrong and the way out, `place` says where."""

    def __init__(self, sentence: str, *, place: Place | None = None) -> None:
        self.sentence = sentence
        self.place = place or Place()
        super().__init__(sentence)

    def __str__(self) -> str:
        where = str(self.place)
        return f"{where}: {self.sentence}" if where else self.sentence
