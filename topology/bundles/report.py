"""What the real programs said about every file of a bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

Result = Literal["accepted", "refused", "unvalidated"]
RESULTS: tuple[Result, ...] = ("accepted", "refused", "unvalidated")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one file."""

    host: str
    path: str
    """Path on the host, without the leading slash, as in the manifest."""
    component: str
    program: str | None
    """The executable that was asked; None where no program reads such a file."""
    version: str | None
    """Version of its package on the machine that validated."""
    says: str | None
    """What was run, as a person would type it."""
    result: Result
    output: str
    """The program's words, or why it was not asked."""
    checked_on: str | None
    """The host whose tree was checked: another one where the component's files and neighbours are the same."""


@dataclass(frozen=True)
class ValidationReport:
    """One answer for every file, in the order of the manifest."""

    answers: tuple[Answer, ...]

    @cached_property
    def counts(self) -> Mapping[Result, int]:
        """Files by result."""
        found = Counter(answer.result for answer in self.answers)
        return {result: found[result] for result in RESULTS}

    @property
    def refused(self) -> tuple[Answer, ...]:
        """Files that a program refused."""
        return tuple(answer for answer in self.answers if answer.result == "refused")

    @property
    def unvalidated(self) -> tuple[Answer, ...]:
        """Files that no program looked at."""
        return tuple(answer for answer in self.answers if answer.result == "unvalidated")

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> ValidationReport:
        """The report that `document()` wrote."""
        return cls(tuple(Answer(**answer) for answer in document["files"]))

    def answer(self, host: str, path: str) -> Answer:
        """The answer for one file, by its path on the host; KeyError when there is none."""
        return self._by_file[host, path.lstrip("/")]

    def document(self) -> dict[str, Any]:
        """The plain data of reports/validation.json: no time, no duration and no name of a machine."""
        return {"counts": dict(self.counts), "files": [asdict(answer) for answer in self.answers]}

    @cached_property
    def _by_file(self) -> Mapping[tuple[str, str], Answer]:
        return {(answer.host, answer.path): answer for answer in self.answers}
