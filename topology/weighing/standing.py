"""How a design stands by itself: its forecast, its outlook, what the checks find, and what all of it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from topology.capacity import (
    Failure,
    Forecast,
    Input,
    LimitDate,
    Outlook,
    calibrate,
    forecast,
    inputs_of,
    outlook,
    pinned,
)
from topology.checks import Finding, findings
from topology.design import Design, TierwrightError, WorkloadFile
from topology.workload import Workload

UNSAID = "nobody says what is asked of its sites"


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """A design with everything that is known of it; what takes long is worked out when somebody asks for it."""

    design: Design
    workload: Workload | None
    """What it is asked: its own workload, or the one that it is held against."""
    forecast: Forecast | None
    trouble: str = ""
    """Why there is no forecast."""

    @cached_property
    def outlook(self) -> Outlook | None:
        """The design beyond its peak; None without a forecast."""
        return None if self.forecast is None else outlook(self.design, self.workload)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The figures that its forecast is made of, those first that move it most."""
        return () if self.forecast is None else inputs_of(self.design, self.workload)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks find."""
        return findings(self.design, workload=self.workload, forecast=self.forecast)

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
        return Standing(design=design, workload=None, forecast=None, trouble=trouble)
    try:
        return Standing(design=design, workload=asked, forecast=forecast(design, asked))
    except TierwrightError as error:
        return Standing(design=design, workload=asked, forecast=None, trouble=error.sentence)


def beside(before: Standing, after: Standing) -> Standing:
    """The new design asked what was observed where it was observed.

    A busy share whose server nobody named was that of the old design's first application server. Taken for one of the
    new design's, it would make each request as much dearer as the new servers are larger.
    """
    seen = before.workload.observed if before.workload else None
    if after.workload is None or before.workload is None or seen is None or seen != after.workload.observed:
        return after
    try:
        asked = pinned(after.workload, before.design)
        if asked == pinned(after.workload, after.design):
            return after
    except TierwrightError:
        return after
    found = stand(after.design, asked)
    if found.forecast is None:  # the old design has a server type of its own, which the new one does not know
        costs = calibrate(before.workload, before.design)
        found = stand(after.design, after.workload.model_copy(update={"classes": costs.classes, "observed": None}))
    return found


def _gravity(failure: Failure) -> tuple[float, float]:
    """What is refused at the peak, then how little is left."""
    left = failure.capacity_rps.value if failure.capacity_rps is not None else 0.0
    return failure.refused.value, -left
