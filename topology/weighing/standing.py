"""How a design stands by itself: its forecast, its outlook, what the checks find, and what all of it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from topology.capacity import (
    Failure,
    Forecast,
    Input,
    LimitDate,
    Outlook,
    forecast,
    inputs_of,
    outlook,
)
from topology.checks import Finding, findings
from topology.design import Design, TierwrightError, WorkloadFile
from topology.workload import Workload

UNSAID = "nobody says what is asked of its sites"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A design with everything that is known of it; `trouble` says why there is no forecast."""

    design: Design
    workload: Workload | None
    """What it is asked: its own workload, or the one that it is held against."""
    forecast: Forecast | None
    outlook: Outlook | None
    inputs: tuple[Input, ...]
    """The figures that its forecast is made of, those first that move it most."""
    findings: tuple[Finding, ...]
    trouble: str = ""

    @property
    def risks(self) -> tuple[Finding, ...]:
        """Errors and warnings that nobody has taken on, those among them that nobody has answered."""
        return tuple(item for item in self.findings if item.level != "advice" and item.state != "waived")

    @property
    def worst_loss(self) -> Failure | None:
        """The death of one server that costs most at the peak; None where no request needs any, or nothing is known."""
        alone = [item for item in self.outlook.failures if item.dead == 1] if self.outlook else []
        return max(alone, key=_gravity, default=None)

    @property
    def next_limit(self) -> LimitDate | None:
        """The limit or promise that growth meets first; None where none is in sight."""
        limits = self.outlook.limits if self.outlook else ()
        return next((limit for limit in limits if limit.months is not None), None)


def stand(design: Design, workload: Workload | None = None) -> Standing:
    """Everything that is known of a design under a workload, by default its own; it refuses nothing."""
    asked = workload or (design.workload if isinstance(design.workload, Workload) else None)
    if asked is None:
        kept = isinstance(design.workload, WorkloadFile)
        trouble = "its workload is kept in a file that must be read first" if kept else UNSAID
        return _unknown(design, None, trouble)
    try:
        found = forecast(design, asked)
        return Standing(
            design=design,
            workload=asked,
            forecast=found,
            outlook=outlook(design, asked),
            inputs=inputs_of(design, asked),
            findings=findings(design, workload=asked, forecast=found),
        )
    except TierwrightError as error:
        return _unknown(design, asked, error.sentence)


def _unknown(design: Design, asked: Workload | None, trouble: str) -> Standing:
    found = findings(design, workload=asked)
    return Standing(
        design=design, workload=asked, forecast=None, outlook=None, inputs=(), findings=found, trouble=trouble
    )  # fmt: skip


def _gravity(failure: Failure) -> tuple[float, float]:
    """What is refused at the peak, then how little is left."""
    left = failure.capacity_rps.value if failure.capacity_rps is not None else 0.0
    return failure.refused.value, -left
