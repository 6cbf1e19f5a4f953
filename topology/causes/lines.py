"""Hunks of two texts, line by line, and what another text has of the same lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

Sign = Literal[" ", "+", "-"]
Line = tuple[Sign, int | None, int | None, str]
"""Sign, number before, number after, text without its line end; a number is None where the line is not there."""
CONTEXT = 3
"""Unchanged lines around a change, as in a plain unified diff."""


@dataclass(frozen=True)
class Span:
    """The lines that a hunk changes: what another rendering is asked about."""

    removed: frozenset[int]
    """Numbers of lines that go, as they stand before."""
    added: Counter[str]
    """Lines that come, each as often as it does."""
    first: int
    last: int
    """Numbers before between which the hunk lies."""


def hunks_of(before: str | None, after: str | None) -> tuple[tuple[Line, ...], ...]:
    """The hunks of a unified diff; None is a file that is not there."""
    old, new = _split(before), _split(after)
    groups = SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT)
    return tuple(tuple(_lines(group, old, new)) for group in groups)


def span_of(hunk: Sequence[Line]) -> Span:
    """What a hunk changes."""
    numbers = [was for _, was, _, _ in hunk if was is not None] or [0]
    return Span(
        removed=frozenset(was for sign, was, _, _ in hunk if sign == "-" and was is not None),
        added=Counter(text for sign, _, _, text in hunk if sign == "+"),
        first=min(numbers),
        last=max(numbers),
    )


@dataclass(frozen=True, eq=False)
class Rendering:
    """A file as another design has it, beside how it stands before."""

    before: str | None
    text: str | None

    @cached_property
    def changes(self) -> tuple[frozenset[int], tuple[tuple[int, str], ...]]:
        """Numbers of the lines that go; and lines that come, each with the number before that it stands behind."""
        old, new = _split(self.before), _split(self.text)
        removed: set[int] = set()
        added: list[tuple[int, str]] = []
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
            if tag != "equal":
                removed.update(range(i1 + 1, i2 + 1))
                added.extend((i1, _bare(line)) for line in new[j1:j2])
        return frozenset(removed), tuple(added)

    def of(self, span: Span) -> tuple[frozenset[int], Counter[str]]:
        """What it has of a hunk: lines that go here too, and lines that come about here too."""
        removed, added = self.changes
        near = Counter(text for at, text in added if span.first - CONTEXT <= at <= span.last + CONTEXT)
        return removed & span.removed, near & span.added

    def does_all(self, span: Span) -> bool:
        """Whether it makes of these lines just what the hunk makes of them."""
        removed, added = self.of(span)
        return removed == span.removed and added == span.added


def says_something(text: str) -> bool:
    """Whether a line is more than a bracket or a blank, which any change may bring."""
    return any(sign.isalnum() for sign in text)


def _split(text: str | None) -> list[str]:
    return [] if text is None else text.splitlines(keepends=True)


def _bare(line: str) -> str:
    return line.rstrip("\r\n")


def _lines(group: Sequence[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[Line]:
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            for offset in range(i2 - i1):
                yield " ", i1 + offset + 1, j1 + offset + 1, _bare(old[i1 + offset])
            continue
        for number in range(i1, i2):
            yield "-", number + 1, None, _bare(old[number])
        for number in range(j1, j2):
            yield "+", None, number + 1, _bare(new[number])
