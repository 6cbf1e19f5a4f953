"""Every file that a change of a design changes, line by line, with the change that brought each hunk.

The cause is found by making the change again, one part at a time, and looking at which lines follow; it is never read
off names, but where a change is too large to be made again so often, and then the hunk says so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from topology.bundles import HostFile
from topology.causes.groups import FileKey, Files, groups_of, parts_of, rendered
from topology.causes.lines import CONTEXT, Line, Sign, hunks_of
from topology.causes.replay import SEVERAL, Replay
from topology.design import Design
from topology.diff import Change, compare
from topology.document import digest

__all__ = ["CONTEXT", "SEVERAL", "Action", "FileDiff", "Hunk", "Line", "Sign", "file_diffs"]

Action = Literal["none", "reload", "restart"]
MOST_GROUPS = 40
MOST_HOSTS = 60
MOST_RENDERED = 1_200
"""Hosts times groups up to which a change is made again part by part: a few seconds of one core."""
LONGEST = 5_000
"""Lines of a file beyond which it is not compared."""
MOST_KEPT = 32
_KEPT: OrderedDict[tuple[str, str, int], tuple[FileDiff, ...]] = OrderedDict()


@dataclass(frozen=True, kw_only=True)
class Hunk:
    """Lines that stand together and what brought them."""

    lines: tuple[Line, ...]
    causes: tuple[str, ...]
    """Changes of the design, a sentence each; `several changes together` first where no one of them explains it."""
    is_replayed: bool = True
    """Whether the causes were found by making the change again; else they are those that name this host."""

    @property
    def head(self) -> str:
        """Where it stands, as a unified diff says it: `@@ -3,7 +3,8 @@`."""
        was, now = [line[1] for line in self.lines], [line[2] for line in self.lines]
        return f"@@ -{_range(was)} +{_range(now)} @@"


@dataclass(frozen=True, kw_only=True)
class FileDiff:
    """A file of a host that differs; like every file of a bundle it holds no secret."""

    host: str
    path: str
    """Without the leading slash, as the manifest writes it."""
    what: Literal["added", "removed", "changed"]
    action: Action
    """What the file asks of its unit when it changes."""
    unit: str
    """The systemd unit that the action is for; empty where there is none."""
    hunks: tuple[Hunk, ...]
    """Empty where `trouble` says why; or where only owner or mode changed, which is then said there too."""
    trouble: str = ""

    @property
    def counts(self) -> tuple[int, int]:
        """Lines that come, and lines that go."""
        signs = [line[0] for hunk in self.hunks for line in hunk.lines]
        return signs.count("+"), signs.count("-")


def file_diffs(before: Design, after: Design, *, most: int = MOST_GROUPS) -> tuple[FileDiff, ...]:
    """Every file that differs, by host and path, with the causes of its hunks.

    `most`: parts of the change that are made again alone. Raises TierwrightError where one of the two has no bundle.
    """
    key = (digest(before), digest(after), most)
    found = _KEPT.get(key)
    if found is None:
        found = tuple(_Diffs(before, after, most).all())
        _KEPT[key] = found
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return found


class _Diffs:
    """The differences of two designs under way."""

    def __init__(self, before: Design, after: Design, most: int) -> None:
        self._old, self._new = rendered(before), rendered(after)
        self._changes = compare(before, after).changes
        self._replay = _replay_of(before, after, self._old, most)

    def all(self) -> Iterator[FileDiff]:
        for key in sorted({*self._old, *self._new}):
            old, new = self._old.get(key), self._new.get(key)
            if old is None or new is None or old.config != new.config:
                diff = self._diff(key, old, new)
                if diff.hunks or diff.trouble:
                    yield diff

    def _diff(self, key: FileKey, old: HostFile | None, new: HostFile | None) -> FileDiff:
        texts = tuple(None if file is None else file.config.text for file in (old, new))
        file = new or old
        assert file is not None
        trouble = _why_no_hunks(*texts)
        hunks = () if trouble else tuple(self._hunk(key, lines) for lines in hunks_of(*texts))
        return FileDiff(
            host=key[0],
            path=key[1],
            what="added" if old is None else "removed" if new is None else "changed",
            action=file.config.action,
            unit=file.config.unit,
            hunks=hunks,
            trouble=trouble or ("" if hunks else _moved_owner(old, new)),
        )

    def _hunk(self, key: FileKey, lines: tuple[Line, ...]) -> Hunk:
        if self._replay is not None:
            return Hunk(lines=lines, causes=self._replay.causes(key, lines))
        named = tuple(change.says for change in self._changes if _names(change, key[0], lines))
        return Hunk(lines=lines, causes=named or (SEVERAL,), is_replayed=False)


def _replay_of(before: Design, after: Design, files: Files, most: int) -> Replay | None:
    """None where the change is too large to be made again so often."""
    hosts = max(len(before.hosts), len(after.hosts))
    parts = parts_of(before, after, most=min(most, MOST_RENDERED // max(hosts, 1)))
    if hosts > MOST_HOSTS or len(parts) > most or len(parts) * hosts > MOST_RENDERED:
        return None
    edits = tuple(edit for part in parts for edit in part)
    return Replay(before=before, files=files, edits=edits, groups=groups_of(before, after, parts))


def _names(change: Change, host: str, lines: tuple[Line, ...]) -> bool:
    """Whether a change speaks of this host or of the whole plan, or a changed line names a server that it speaks of."""
    if host in change.hosts or not change.hosts:
        return True
    changed = [text for sign, _, _, text in lines if sign != " "]
    return any(name in text for name in change.hosts for text in changed)


def _why_no_hunks(before: str | None, after: str | None) -> str:
    texts = [text for text in (before, after) if text is not None]
    if any("\0" in text for text in texts):
        return "This file is not text."
    longest = max(text.count("\n") for text in texts)
    return f"This file has {longest:,} lines, too many to compare here." if longest > LONGEST else ""


def _moved_owner(old: HostFile | None, new: HostFile | None) -> str:
    """What changed of a file whose text did not."""
    if old is None or new is None:
        return "This file is empty."
    was, now = ((f.config.owner, f"{f.config.mode:04o}") for f in (old, new))
    return "" if was == now else f"Owner and mode change from {' '.join(was)} to {' '.join(now)}."


def _range(numbers: list[int | None]) -> str:
    known = [number for number in numbers if number is not None]
    if not known:
        return "0,0"
    return f"{known[0]},{len(known)}" if len(known) != 1 else f"{known[0]}"
