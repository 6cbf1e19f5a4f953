"""What a rehearsal found, as one value: for people as text, for programs as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from topology.rehearsal.drills import Drill
from topology.rehearsal.questions import Answer
from topology.rehearsal.startup import Started


@dataclass(frozen=True, kw_only=True)
class Report:
    """One rehearsal."""

    plan: str
    content_digest: str
    started: Started
    answers: tuple[Answer, ...]
    drill: Drill | None
    """None where no server can be taken away."""
    seconds: float

    @property
    def passed(self) -> bool:
        """Everything started, every question was answered, and the drill lost nothing."""
        return all(answer.passed for answer in self.answers) and (self.drill is None or self.drill.passed)

    def to_document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {"passed": self.passed, **dataclasses.asdict(self)}

    def text(self) -> str:
        """The report as text."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        hosts, units = len(self.started.units), sum(map(len, self.started.units.values()))
        yield f"{self.plan}: {hosts} hosts and {units} units started in {self.started.seconds:.1f} s"
        yield f"files {self.content_digest}"
        yield ""
        for answer in self.answers:
            yield f"{'yes' if answer.passed else 'NO '}  {answer.question}: {answer.says}"
        yield ""
        yield drill_sentence(self.drill)
        for stand_in in self.started.stand_ins:
            yield f"stand-in: {stand_in}"
        for said in self.started.said:
            yield f"\n{said}"


def drill_sentence(drill: Drill | None) -> str:
    """What became of the drill."""
    if drill is None:
        return "No web server was taken away: there is only one, nothing stands before them, or not all was well."
    sentence = (
        f"{drill.server} drained in {drill.drained_seconds:.1f} s, taken away, back after {drill.back_seconds:.1f} s:"
        f" {drill.failed} of {drill.requests} requests failed"
    )
    if drill.failed:
        failures = (*drill.before.first_failures, *drill.away.first_failures, *drill.after.first_failures)
        return f"{sentence} ({'; '.join(failures)})"
    return f"{sentence}; the slowest took {max(_slowest(drill)):.0f} ms"


def _slowest(drill: Drill) -> Iterator[float]:
    for load in (drill.before, drill.away, drill.after):
        yield load.max_ms or 0.0
