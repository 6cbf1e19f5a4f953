"""The runbook of a change: its steps in order, each with its files, for a page and for the bundle's RUNBOOK.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from topology.design import Design
from topology.diff import FileChange, changed_files, compare, listing
from topology.stages import Block, Phase, StageView, Step, steps_of, transition
from topology.workload import Workload

__all__ = ["Runbook", "changed_files", "markdown", "of_stage", "runbook"]

PAPERS = "Papers of the host, beside its rootfs."
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!])")


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """The steps of a change, what it changes, and every file of `hosts/` that differs."""

    title: str
    changes: tuple[str, ...]
    """What changes, a sentence each; empty for a first installation."""
    steps: tuple[Step, ...]

    @property
    def files(self) -> tuple[FileChange, ...]:
        """Every file that a step puts in place or takes away, by host and path."""
        found = (file for step in self.steps for file in step.files)
        return tuple(sorted(found, key=lambda file: (file.host, file.path)))


def runbook(
    before: Design | None,
    after: Design,
    *,
    workload: Workload | None = None,
    files: Iterable[FileChange] | None = None,
    title: str | None = None,
) -> Runbook:
    """The runbook of a change, or of a first installation where there is nothing before.

    `files` are the differences of the two bundles (`changed_files`); then each of them is in exactly one step, those
    of no role among them, and a step names no other. Without `files`, the steps name what their roles write.
    """
    steps = steps_of(transition(before, after, workload))
    return Runbook(
        title=title or (f"Installing {after.name}" if before is None else f"Changing {after.name}"),
        changes=() if before is None else compare(before, after).lines(),
        steps=steps if files is None else _with_files(steps, tuple(files)),
    )


def of_stage(view: StageView, *, files: Iterable[FileChange] | None = None) -> Runbook:
    """The runbook of a stage, from the one that it is built on."""
    before = view.before.design if view.before else None
    return runbook(before, view.design, files=files, title=f"{view.design.name}: {view.stage.title.lower()}")


def markdown(book: Runbook) -> str:
    """The runbook as Markdown. Text is escaped; lines to paste stand in fences, as they are."""
    parts = [f"# {_escaped(book.title)}", _opening(book), *_changes(book)]
    for number, step in enumerate(book.steps, 1):
        parts.extend(_step(number, step))
    if not book.steps:
        parts.append("Nothing changes on any host.")
    parts.extend(_listed_files(book))
    return "\n\n".join(part for part in parts if part) + "\n"


def _with_files(steps: tuple[Step, ...], files: tuple[FileChange, ...]) -> tuple[Step, ...]:
    """The steps with exactly these files: what no step puts in place goes to the delivery."""
    real = {(file.host, file.path): file for file in files}
    placed = {(file.host, file.path) for step in steps for file in step.files}
    named = [_narrowed(step, real) for step in steps]
    left = tuple(file for key, file in real.items() if key not in placed)
    if not left:
        return tuple(named)
    at = next((n for n, step in enumerate(named) if step.phase == Phase.DELIVER and step.rank == 0), None)
    if at is None:
        return (_papers(left), *named)
    named[at] = replace(named[at], files=(*named[at].files, *left))
    return tuple(named)


def _narrowed(step: Step, real: dict[tuple[str, str], FileChange]) -> Step:
    kept = tuple(real[key] for file in step.files if (key := (file.host, file.path)) in real)
    return replace(step, files=kept)


def _papers(files: tuple[FileChange, ...]) -> Step:
    hosts = tuple(dict.fromkeys(file.host for file in files))
    return Step(
        phase=Phase.DELIVER,
        title=f"Read the papers of {listing(hosts)}",
        hosts=hosts,
        does="Lists of packages and units changed; no configuration file did.",
        notices="nothing",
        shows="nothing is to be checked",
        back="nothing was changed",
        files=files,
    )


def _opening(book: Runbook) -> str:
    return (
        "Lines are for root, on the hosts named above them; lines for the machine that holds the unpacked bundle are"
        " run in its top folder. Do one step after another: go on when its check answers as it says. Take a backup"
        " first, and see once that it can be read."
        if book.steps
        else ""
    )


def _changes(book: Runbook) -> Iterator[str]:
    if book.changes:
        yield "## What changes"
        yield "\n".join(f"- {_escaped(line)}" for line in book.changes)
    if book.steps:
        yield "## Steps"


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"### {number}. {_escaped(step.title)}"
    yield _escaped(step.does)
    yield f"**Users notice:** {_escaped(step.notices)}."
    yield from _blocks(step.blocks)
    if step.checks:
        yield f"**It worked when** these lines answer: {_escaped(step.shows)}."
        yield from _blocks(step.checks)
    yield f"**Going back:** {_escaped(step.back)}."
    yield from _blocks(step.undo)
    if step.files:
        yield f"Files: {len(step.files)}, listed at the end."


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        where = f"On {listing(block.hosts)}" if block.hosts else "Where the bundle is"
        yield f"{_escaped(where)}: {_escaped(block.says)}" if block.says else f"{_escaped(where)}:"
        if block.lines:
            fence = "`" * max(3, 1 + max(len(run) for run in re.findall(r"`*", "\n".join(block.lines))))
            yield f"{fence}sh\n" + "\n".join(block.lines) + f"\n{fence}"


def _listed_files(book: Runbook) -> Iterator[str]:
    """Every file that differs, by host: `diff -r` of the two bundles' hosts/ names these and no others."""
    by_host: dict[str, list[str]] = {}
    for file in book.files:
        by_host.setdefault(file.host, []).append(f"- {file.what}: `{file.path}`")
    if by_host:
        yield "## Files that change"
    for host, lines in by_host.items():
        yield f"### {_escaped(host)}"
        yield "\n".join(lines)


def _escaped(text: str) -> str:
    """Text that means only itself in Markdown; what stands between two backticks stays code."""
    parts = text.replace("\n", " ").split("`")
    if len(parts) % 2 == 0:
        return _SPECIAL.sub(r"\\\1", "`".join(parts))
    return "`".join(part if number % 2 else _SPECIAL.sub(r"\\\1", part) for number, part in enumerate(parts))
