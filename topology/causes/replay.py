"""Which groups of edits brought a hunk: those that bring its lines alone, else those without which it is another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from topology.causes.groups import FileKey, Files, Group, edited
from topology.causes.lines import Line, Rendering, Span, says_something, span_of
from topology.design import Design
from topology.merging import Edit

SEVERAL = "several changes together"


@dataclass(frozen=True, kw_only=True, eq=False)
class Replay:
    """A change that is made again, one group at a time and with one group left out."""

    before: Design
    files: Files
    """Of the design before."""
    edits: tuple[Edit, ...]
    """All of the change, in their order."""
    groups: tuple[Group, ...]
    _alone: dict[tuple[FileKey, int], Rendering] = field(default_factory=dict)
    _without: dict[int, Files | None] = field(default_factory=dict)

    def causes(self, key: FileKey, hunk: Sequence[Line]) -> tuple[str, ...]:
        """What brought a hunk, a sentence each; there is always one."""
        span = span_of(hunk)
        parts = [self._rendering(key, number).of(span) for number in range(len(self.groups))]
        touching = [number for number, part in enumerate(parts) if _has_a_part(part, span)]
        if _is_whole(span, parts):
            return self._said(touching) or (SEVERAL,)
        return (SEVERAL, *self._said(sorted({*touching, *self._that_matter(key, span)})))

    def _rendering(self, key: FileKey, number: int) -> Rendering:
        if (key, number) not in self._alone:
            self._alone[key, number] = Rendering(_text(self.files, key), _text(self.groups[number].files, key))
        return self._alone[key, number]

    def _that_matter(self, key: FileKey, span: Span) -> Iterator[int]:
        """Groups without which the hunk would be another."""
        for number in range(len(self.groups)):
            left = self._left_out(number)
            if left is not None and not Rendering(_text(self.files, key), _text(left, key)).does_all(span):
                yield number

    def _left_out(self, number: int) -> Files | None:
        """The files of the whole change but for one group; None where the rest does not hold together."""
        if number not in self._without:
            gone = set(map(id, self.groups[number].edits))
            self._without[number] = edited(self.before, [edit for edit in self.edits if id(edit) not in gone])
        return self._without[number]

    def _said(self, numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(says for number in numbers for says in self.groups[number].says))


def _text(files: Files, key: FileKey) -> str | None:
    file = files.get(key)
    return None if file is None else file.config.text


def _has_a_part(part: tuple[frozenset[int], Counter[str]], span: Span) -> bool:
    removed, added = part
    telling = any(map(says_something, span.added))
    return bool(removed) or any(says_something(text) or not telling for text in added)


def _is_whole(span: Span, parts: Sequence[tuple[frozenset[int], Counter[str]]]) -> bool:
    """Whether every line of the hunk is brought by some group alone."""
    removed = frozenset[int]().union(*(part[0] for part in parts))
    added: Counter[str] = Counter()
    for _, lines in parts:
        added |= lines
    return removed == span.removed and added == span.added
