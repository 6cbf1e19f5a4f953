"""The files that a change of a design changes, equal ones of several hosts as one, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from topology.causes import FileDiff, Hunk
from topology.diff import listing

MOST_LINES = 1500
"""Lines that one page shows; files beyond them are named and counted."""
MOST_GROUPS = 40
"""Groups of hosts that one page shows; others are looked at one by one."""


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """A line of a hunk."""

    sign: str
    old: int | None
    new: int | None
    text: str
    anchor: str
    """Where people talk of it; empty for a line that goes."""
    comments: int

    @property
    def kind(self) -> str:
        """Its class."""
        return {"+": "added", "-": "removed"}.get(self.sign, "same")


@dataclass(frozen=True, kw_only=True)
class ShownHunk:
    """Lines that stand together, with what brought them."""

    hunk: Hunk
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A file that changes alike on one or more hosts."""

    file: FileDiff
    hosts: tuple[str, ...]
    hunks: tuple[ShownHunk, ...]
    is_left_out: bool
    """Whether its lines are too many for this page."""
    comments: int
    """What is said of any of its lines, also of those that do not change."""

    @property
    def counts(self) -> tuple[int, int]:
        """Lines that come, and lines that go."""
        return self.file.counts


@dataclass(frozen=True, kw_only=True)
class HostFiles:
    """Hosts with the files that change alike on all of them."""

    hosts: tuple[str, ...]
    files: tuple[ShownFile, ...]

    @property
    def says(self) -> str:
        """Their names as a person lists them."""
        return listing(self.hosts)

    @property
    def counts(self) -> tuple[int, int]:
        """Lines that come and that go, on each of them."""
        return sum(file.counts[0] for file in self.files), sum(file.counts[1] for file in self.files)


def shown_files(diffs: Sequence[FileDiff], said: Mapping[str, int]) -> tuple[HostFiles, ...]:
    """Every file once, gathered by the hosts on which it changes alike; `said` counts the comments at each anchor."""
    left = MOST_LINES
    gathered: dict[tuple[str, ...], list[ShownFile]] = {}
    for file, hosts in _alike(diffs):
        number = sum(len(hunk.lines) for hunk in file.hunks)
        gathered.setdefault(hosts, []).append(_shown(file, hosts, said, is_left_out=number > left))
        left -= number if number <= left else 0
    return tuple(HostFiles(hosts=hosts, files=tuple(files)) for hosts, files in gathered.items())


def _alike(diffs: Sequence[FileDiff]) -> Iterator[tuple[FileDiff, tuple[str, ...]]]:
    together: dict[tuple[object, ...], list[FileDiff]] = {}
    for diff in diffs:
        causes = tuple((hunk.lines, hunk.causes) for hunk in diff.hunks)
        together.setdefault((diff.path, diff.what, causes, diff.trouble), []).append(diff)
    for files in together.values():
        yield files[0], tuple(file.host for file in files)


def _shown(file: FileDiff, hosts: tuple[str, ...], said: Mapping[str, int], *, is_left_out: bool) -> ShownFile:
    starts = tuple(f"file:{host}/{file.path}#" for host in hosts)
    return ShownFile(
        file=file,
        hosts=hosts,
        hunks=() if is_left_out else tuple(_hunk(hunk, starts, said) for hunk in file.hunks),
        is_left_out=is_left_out,
        comments=sum(number for anchor, number in said.items() if anchor.startswith(starts)),
    )


def _hunk(hunk: Hunk, starts: tuple[str, ...], said: Mapping[str, int]) -> ShownHunk:
    lines = tuple(
        ShownLine(
            sign=sign,
            old=old,
            new=new,
            text=text,
            anchor=f"{starts[0]}{new}" if new else "",
            comments=sum(said.get(f"{start}{new}", 0) for start in starts) if new else 0,
        )
        for sign, old, new, text in hunk.lines
    )
    return ShownHunk(hunk=hunk, lines=lines)
