"""The order of named things when some came, some went and some were moved, on one side or on both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


def only(names: Iterable[str], kept: Collection[str]) -> list[str]:
    """Those of the names that are kept, in their order."""
    return [name for name in names if name in kept]


def weave(skeleton: Sequence[str], *sources: Sequence[str], members: Collection[str]) -> list[str]:
    """The members in order: the skeleton's as they stand, each other one behind what it follows in its source.

    Where two sources put something in one place, the one whose names come first in the alphabet is first, so that
    the result is the same whichever of them is called mine.
    """
    runs: dict[str | None, list[list[str]]] = {}
    for source in sources:
        for anchor, run in _runs(only(source, members), skeleton):
            runs.setdefault(anchor, []).append(run)
    woven: dict[str, None] = {}
    for anchor in (None, *skeleton):
        woven.update({anchor: None} if anchor is not None else {})
        for run in sorted(runs.get(anchor, [])):
            woven.update(dict.fromkeys(name for name in run if name not in woven))
    return list(woven)


def _runs(source: Sequence[str], skeleton: Sequence[str]) -> Iterable[tuple[str | None, list[str]]]:
    """What stands in a source behind each name of the skeleton, and before the first."""
    known = set(skeleton)
    anchor: str | None = None
    run: list[str] = []
    for name in source:
        if name in known:
            yield anchor, run
            anchor, run = name, []
        else:
            run.append(name)
    yield anchor, run
