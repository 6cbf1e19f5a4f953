"""The course of a simulation: warm-up, batch after batch, until the figures are as sure as was asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topology.capacity.answer import Number
from topology.capacity.simulation.batches import Batches, Reading
from topology.capacity.simulation.growing import growing, overloaded
from topology.capacity.simulation.interval import half_width, is_within
from topology.capacity.simulation.machine import Machine
from topology.capacity.simulation.model import Model
from topology.capacity.simulation.outcome import Outcome
from topology.capacity.simulation.program import compile_model
from topology.capacity.simulation.reading import ALL, outcome_of
from topology.errors import TierwrightError

_FEWEST_BATCHES, _MOST_BATCHES, _STEP = 24, 40, 8
_FIRST_BATCH = 2_500


@dataclass(kw_only=True)
class Course:
    """A system on its way to a steady state."""

    batches: Batches
    confidence: float
    unit: str
    seed: int
    saturated: str = ""

    @classmethod
    def of(cls, model: Model, *, seed: int, confidence: float, unit: str) -> Course:
        program = compile_model(model)
        batches = Batches(machine=Machine(program, seed))
        return cls(batches=batches, confidence=confidence, unit=unit, seed=seed, saturated=overloaded(program))

    @property
    def requests(self) -> int:
        return self.batches.machine.finished

    def warm_up(self, requests: int, most: int) -> None:
        """Until so many are finished, and three times as long as the longest stay."""
        program = self.batches.machine.program
        streams = enumerate(program.model.streams)
        longest = max(program.alone(place) + stream.think for place, stream in streams)
        machine = self.batches.machine
        machine.go(requests)
        if machine.now < 3 * longest:
            machine.go(max(1, most // 4), until=3 * longest)
        if machine.now == 0:
            raise TierwrightError("Users who do not think ask again at once, as hardly a request takes any time.")

    def begin(self, requests: int) -> None:
        """Begin to count when so many are finished."""
        self.batches.machine.go(max(0, requests - self.requests))
        self.batches.begin()

    def look(self) -> Reading:
        self.saturated = self.saturated or growing(self.batches)
        return Reading(self.batches, self.confidence, self.unit)

    def is_precise(self, precision: float) -> bool:
        reading = self.look()
        mean, high = reading.mean(ALL), reading.percentile(ALL, 0.95)
        return all(
            number is not None and is_within(number.value, number.high - number.value, precision)
            for number in (mean, high)
        )

    def outcome(self, *, precise: bool) -> Outcome:
        machine = self.batches.machine
        return outcome_of(
            self.look(),
            machine.program.model,
            machine.program,
            requests=machine.finished,
            seed=self.seed,
            precise=precise,
            saturated=self.saturated,
        )


def run(courses: list[Course], *, precision: float, most: int, warm_up: int) -> bool:
    """Run side by side; whether all became precise before `most` requests were finished or a queue grew for ever."""
    for course in courses:
        course.warm_up(warm_up, most)
    warm_up = max(course.requests for course in courses)
    for course in courses:
        course.begin(warm_up)
    size = min(_FIRST_BATCH, max(1, (most - warm_up) // _MOST_BATCHES))
    while size:
        for course in courses:
            course.batches.add(size)
        verdict = _verdict(courses, precision)
        if verdict is not None:
            return verdict
        size = _next_size(courses, size, most)
    return False


def _verdict(courses: list[Course], precision: float) -> bool | None:
    """Whether all are precise; None to go on."""
    count = len(courses[0].batches.sums)
    if count < _FEWEST_BATCHES or count % _STEP:
        return None
    precise = [course.is_precise(precision) for course in courses]
    return all(precise) or (False if any(course.saturated for course in courses) else None)


def _next_size(courses: list[Course], size: int, most: int) -> int:
    """How large the next batch is; 0 where `most` leaves no room for it."""
    count, requests = len(courses[0].batches.sums), courses[0].requests
    if count == _MOST_BATCHES:
        # Twenty batches of twice the size, if four more can follow: fewer would say too little.
        if requests + 8 * size > most:
            return 0
        for course in courses:
            course.batches.pair()
        return 2 * size
    return 0 if count >= _FEWEST_BATCHES and requests + size > most else size


def difference(courses: list[Course], unit: str) -> Number | None:
    if any(course.saturated for course in courses):
        return None
    before, after = (course.look() for course in courses)
    means = [reading.means() for reading in (before, after)]
    apart = means[1] - means[0]
    value, half = float(np.mean(apart)), half_width(apart, courses[0].confidence)
    return Number(value=value, low=value - half, high=value + half, kind="simulated", unit=unit)
