"""What lies between two designs of a comparison: sentence, picture, changes by tier, and the files of every host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planner.chosen import Chosen
from planner.contrasts import ChangeGroup, change_groups, drawing_of
from planner.drawings import Drawn
from planner.filediffs import HostFiles, shown_files
from planner.packed import stood
from topology.causes import FileDiff, file_diffs
from topology.design import Design, TierwrightError
from topology.weighing import weigh_standing


@dataclass(frozen=True, kw_only=True)
class Between:
    """The change from the first design of a comparison to another one."""

    first: Chosen
    other: Chosen
    pair: str
    """What tells whether a page still shows these two."""
    number: int
    """Of the other one, from 2."""
    sentence: str
    groups: tuple[ChangeGroup, ...]
    drawing: Drawn | None
    drawing_trouble: str
    hosts: tuple[str, ...]
    """Whose files differ."""
    host: str
    """The one whose files alone are shown; empty for all."""
    files: tuple[HostFiles, ...]
    number_of_files: int
    files_trouble: str
    """Why there are no files to compare."""


def between_of(chosen: Sequence[Chosen], wanted: str, host: str, *, today: date) -> Between | None:
    """From the first design to that of the wanted number; None where one of the two is not there."""
    number = _number(wanted, len(chosen))
    if number is None:
        return None
    first, other = chosen[0], chosen[number - 1]
    if first.design is None or other.design is None:
        return None
    drawing, drawing_trouble = drawing_of(first.design, other.design)
    diffs, files_trouble = _diffs(first.design, other.design)
    hosts = tuple(sorted({diff.host for diff in diffs}))
    alone = host if host in hosts else ""
    return Between(
        first=first,
        other=other,
        pair=pair_of([item.token for item in chosen], wanted),
        number=number,
        sentence=weigh_standing(stood(first.design), stood(other.design), today=today).sentence,
        groups=change_groups(first.design, other.design, {}),
        drawing=drawing,
        drawing_trouble=drawing_trouble,
        hosts=hosts,
        host=alone,
        files=shown_files([diff for diff in diffs if not alone or diff.host == alone], {}),
        number_of_files=len(diffs),
        files_trouble=files_trouble,
    )


def pair_of(tokens: Sequence[str], wanted: str) -> str:
    """The tokens of the first design and of that of the wanted number; empty where there is none."""
    number = _number(wanted, len(tokens))
    return "" if number is None else f"{tokens[0]} {tokens[number - 1]}"


def _number(wanted: str, most: int) -> int | None:
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 3 else 0
    return number if 2 <= number <= most else None


def _diffs(before: Design, after: Design) -> tuple[Sequence[FileDiff], str]:
    try:
        return file_diffs(before, after), ""
    except TierwrightError as error:
        return (), error.sentence
