"""Steps compiled to instructions: what each stream's requests do, as the kernel reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

from topology.capacity.simulation import kernel
from topology.capacity.simulation.check import check_model, check_number, check_word, refuse
from topology.capacity.simulation.model import (
    Answer,
    Choose,
    Free,
    Hold,
    Leave,
    Model,
    Pick,
    Repeat,
    Serve,
    Slots,
    Station,
    Step,
    Stream,
)

_DEEPEST = 30
_MOST_STEPS = 1_000_000
"""Of one request, on average: more is a slip, and would hold up the loop."""
_LAWS = {"exponential": kernel.EXPONENTIAL, "fixed": kernel.AS_LONG, "own": kernel.BY_OWN}


@dataclass(frozen=True, kw_only=True)
class Program:
    """A model in the kernel's terms."""

    model: Model
    code: tuple[int, ...]
    operand: tuple[float, ...]
    width: int
    """Integers in a request's record."""
    entries: tuple[int, ...]
    """Where each stream begins."""
    stations: tuple[int, ...]
    """The first place of each station; then one place a stream where its users think."""
    places: int
    slots: tuple[int, ...]
    """The first place of each slots."""
    slots_places: int
    demands: tuple[tuple[float, ...], ...]
    """Mean service of a request alone: by stream, by station, in all its visits."""
    service_at: tuple[tuple[str, int], ...]
    """Each instruction that serves, by its station's name: a change in time finds them here."""
    chances_at: tuple[tuple[str, int, int], ...]
    """The first of the ways of each named choice, and how many there are."""

    def alone(self, stream: int) -> float:
        """Mean time of a request where it waits for nobody."""
        return sum(self.demands[stream])


def compile_model(model: Model) -> Program:
    """Compile; TierwrightError names the step that cannot be."""
    check_model(model)
    names = _Names(model)
    writer = _Writer(names)
    entries, demands = [], []
    for place, stream in enumerate(model.streams):
        entries.append(len(writer.operand))
        demands.append(_write_stream(writer, stream, names.places + place))
    return Program(
        model=model,
        code=tuple(writer.code),
        operand=tuple(writer.operand),
        width=kernel.FIRST + len(model.groups) + writer.counters,
        entries=tuple(entries),
        stations=tuple(first for first, _ in names.stations.values()),
        places=names.places + len(model.streams),
        slots=tuple(first for first, _ in names.slots.values()),
        slots_places=names.slots_places,
        demands=tuple(demands),
        service_at=tuple(writer.service_at),
        chances_at=tuple(writer.chances_at),
    )


class _Names:
    """Where each named thing of a model stands."""

    def __init__(self, model: Model) -> None:
        self.groups = {group.name: place for place, group in enumerate(model.groups)}
        hosts = model.hosts
        self.stations: dict[str, tuple[int, Station]] = {}
        self.places = 0
        for station in model.stations:
            self.stations[station.name] = (self.places, station)
            self.places += hosts[station.group]
        self.slots: dict[str, tuple[int, Slots]] = {}
        self.slots_places = 0
        for slots in model.slots:
            self.slots[slots.name] = (self.slots_places, slots)
            self.slots_places += hosts[slots.group]


@dataclass
class _Here:
    """What a request has at a point of its steps."""

    picked: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    path: str = ""
    share: float = 1.0
    """How often this point is passed by a request, on average."""
    depth: int = 0

    def inside(self, path: str, share: float) -> _Here:
        return _Here(list(self.picked), list(self.held), path, self.share * share, self.depth)


class _Writer:
    """Writes instructions; those that turn a request away are filled in at the end of each stream."""

    def __init__(self, names: _Names) -> None:
        self.names = names
        self.code: list[int] = []
        self.operand: list[float] = []
        self.counters = 0
        self.service_at: list[tuple[str, int]] = []
        self.chances_at: list[tuple[str, int, int]] = []
        self.turning_away: list[tuple[int, _Here]] = []
        self.demand = [0.0] * len(names.stations)
        self.passed = 0.0
        self.owns = False
        self.limited = False

    def write(self, what: int, *three: int, operand: float = 0.0) -> int:
        """Add an instruction; its place."""
        self.code += [what, *three, *[0] * (3 - len(three))]
        self.operand.append(operand)
        return len(self.operand) - 1

    def aim(self, instruction: int, operand: int, target: int | None = None) -> None:
        """Set an operand to a place in the code, by default the next to be written."""
        self.code[instruction * kernel.CODE_WIDTH + operand] = len(self.operand) if target is None else target

    def steps(self, steps: Sequence[Step], here: _Here) -> None:
        """Write steps in turn."""
        top = here.path
        for place, step in enumerate(steps):
            here.path = f"{top}.{place}"
            self.count(here)
            _WRITERS[type(step)](self, step, here)
        here.path = top

    def count(self, here: _Here) -> None:
        """Add up what a request passes on average."""
        self.passed += here.share
        if self.passed > _MOST_STEPS:
            raise refuse(f"A request would take more than {_MOST_STEPS:,} steps.", here.path)

    def member(self, group: str, here: _Here) -> int:
        """The field of a request that says on which host of a group it is; 0 where there is no group."""
        if not group:
            return 0
        if group not in here.picked:
            raise refuse(f"No host of the group {group} has been picked at this step.", here.path)
        return kernel.FIRST + self.names.groups[group]

    def known_slots(self, name: str, here: _Here) -> tuple[int, Slots]:
        """Where slots stand, and what they are."""
        if name not in self.names.slots:
            raise refuse(f"There are no slots {name}.", here.path)
        return self.names.slots[name]


def _write_stream(writer: _Writer, stream: Stream, thinking: int) -> tuple[float, ...]:
    writer.demand = [0.0] * len(writer.names.stations)
    writer.owns = writer.limited = False
    writer.passed = 0.0
    here = _Here(path=f"streams.{stream.name}.steps")
    entry = len(writer.operand)
    if stream.users is not None:  # also who does not think: an event a round, so that none goes round in the loop
        writer.write(kernel.SERVE, thinking, 0, kernel.EXPONENTIAL, operand=stream.think)
    begin = writer.write(kernel.BEGIN)
    writer.steps(stream.steps, here)
    if here.held:
        raise refuse(f"A slot of {here.held[-1]} is still held at the end.", here.path)
    if sum(writer.demand) <= 0:
        raise refuse("A request of this stream is served nowhere: it would take no time.", here.path)
    if stream.users is not None and stream.think == 0 and writer.limited:
        raise refuse("Users who do not think would ask again at once when they are refused, for ever.", here.path)
    for group in reversed(here.picked):
        writer.write(kernel.LEAVE, writer.names.groups[group], writer.member(group, here))
    writer.write(kernel.ANSWER)
    writer.aim(begin, 1, int(writer.owns))
    _end(writer, stream, entry)
    _turn_away(writer, stream, entry)
    return tuple(writer.demand)


def _end(writer: _Writer, stream: Stream, entry: int) -> None:
    if stream.users is None:
        writer.write(kernel.END)
    else:
        writer.write(kernel.JUMP, entry)


def _turn_away(writer: _Writer, stream: Stream, entry: int) -> None:
    """What a refused request does: it gives back all that it has at that step, and leaves."""
    for instruction, here in writer.turning_away:
        writer.aim(instruction, 3)
        for name in reversed(here.held):
            first, slots = writer.names.slots[name]
            writer.write(kernel.FREE, first, writer.member(slots.group, here))
        for group in reversed(here.picked):
            writer.write(kernel.LEAVE, writer.names.groups[group], writer.member(group, here))
        writer.write(kernel.REFUSE)
        _end(writer, stream, entry)
    writer.turning_away.clear()


def _write_pick(writer: _Writer, step: Pick, here: _Here) -> None:
    if step.group not in writer.names.groups:
        raise refuse(f"There is no group {step.group}.", here.path)
    if step.group in here.picked:
        raise refuse(f"A host of the group {step.group} is picked already.", here.path)
    place = writer.names.groups[step.group]
    instruction = writer.write(kernel.PICK, place, kernel.FIRST + place)
    writer.turning_away.append((instruction, here.inside(here.path, 1)))
    here.picked.append(step.group)


def _write_leave(writer: _Writer, step: Leave, here: _Here) -> None:
    if step.group not in writer.names.groups:
        raise refuse(f"There is no group {step.group}.", here.path)
    member = writer.member(step.group, here)
    kept = [name for name in here.held if writer.names.slots[name][1].group == step.group]
    if kept:
        raise refuse(f"A slot of {kept[-1]} is still held on the host that is left.", here.path)
    writer.write(kernel.LEAVE, writer.names.groups[step.group], member)
    here.picked.remove(step.group)


def _write_hold(writer: _Writer, step: Hold, here: _Here) -> None:
    first, slots = writer.known_slots(step.slots, here)
    if step.slots in here.held:
        raise refuse(f"A slot of {step.slots} is held already: waiting for a second could last for ever.", here.path)
    instruction = writer.write(kernel.HOLD, first, writer.member(slots.group, here))
    writer.turning_away.append((instruction, here.inside(here.path, 1)))
    writer.limited |= slots.backlog is not None
    here.held.append(step.slots)


def _write_free(writer: _Writer, step: Free, here: _Here) -> None:
    first, slots = writer.known_slots(step.slots, here)
    if step.slots not in here.held:
        raise refuse(f"No slot of {step.slots} is held at this step.", here.path)
    writer.write(kernel.FREE, first, writer.member(slots.group, here))
    here.held.remove(step.slots)


def _write_serve(writer: _Writer, step: Serve, here: _Here) -> None:
    if step.station not in writer.names.stations:
        raise refuse(f"There is no station {step.station}.", here.path)
    mean = check_number(step.mean, "The mean of a service", here.path)
    check_word(step.spread, _LAWS, "The spread", here.path)
    first, station = writer.names.stations[step.station]
    instruction = writer.write(
        kernel.SERVE, first, writer.member(station.group, here), _LAWS[step.spread], operand=mean
    )
    writer.service_at.append((step.station, instruction))
    writer.demand[list(writer.names.stations).index(step.station)] += here.share * mean
    writer.owns |= step.spread == "own"


def _write_repeat(writer: _Writer, step: Repeat, here: _Here) -> None:
    times = check_number(step.times, "How often steps are done", here.path)
    if times > _MOST_STEPS:
        raise refuse(f"Steps can be done {_MOST_STEPS:,} times at most, not {times:g}.", here.path)
    check_word(step.law, ("fixed", "geometric"), "The law", here.path)
    if step.law == "fixed" and times != int(times):
        raise refuse(f"Steps can be done exactly {times} times only as a mean: the law must be geometric.", here.path)
    inner = here.inside(here.path, times)
    inner.depth = here.depth + 1
    if inner.depth > _DEEPEST:
        raise refuse(f"Steps are repeated within each other more than {_DEEPEST} deep.", here.path)
    writer.count(inner)
    writer.counters = max(writer.counters, inner.depth)
    counter = kernel.FIRST + len(writer.names.groups) + here.depth
    start = _write_times(writer, step, counter)
    body = len(writer.operand)
    writer.steps(step.steps, inner)
    _check_even(here, inner)
    writer.write(kernel.AGAIN, counter, body)
    writer.aim(start, 2)


def _write_times(writer: _Writer, step: Repeat, counter: int) -> int:
    if step.times == 0:
        return writer.write(kernel.GEOMETRIC, counter, operand=0.0)  # none, whatever is drawn
    if step.law == "fixed":
        return writer.write(kernel.FIXED, counter, 0, int(step.times))
    # With n done with chance (1 - p) p^n, p = m / (1 + m): n is the whole part of log u / log p.
    return writer.write(kernel.GEOMETRIC, counter, operand=1.0 / log(step.times / (1.0 + step.times)))


def _write_choose(writer: _Writer, step: Choose, here: _Here) -> None:
    sums = sums_of([chance for chance, _ in step.ways], here.path)
    choose = writer.write(kernel.CHOOSE, len(sums))
    writer.chances_at.append((step.name, choose + 1, len(sums)))
    ways = [writer.write(kernel.JUMP, operand=upto) for upto in sums]
    ends = []
    for way, (chance, steps) in zip(ways, step.ways, strict=True):
        inner = here.inside(here.path, chance)
        writer.aim(way, 1)
        writer.steps(steps, inner)
        _check_even(here, inner)
        ends.append(writer.write(kernel.JUMP))
    for end in ends:
        writer.aim(end, 1)
    writer.aim(choose, 2)


def sums_of(chances: Sequence[float], path: str) -> list[float]:
    """Chances added up, as a choice is made by them."""
    sums, total = [], 0.0
    for chance in chances:
        total += check_number(chance, "A chance", path)
        sums.append(total)
    if total > 1 + 1e-9:
        raise refuse(f"The chances of the ways come to {total:g}, more than 1.", path)
    if abs(total - 1) <= 1e-9 and sums:
        sums[-1] = 1.0
    return sums


def _write_answer(writer: _Writer, step: Answer, here: _Here) -> None:
    writer.write(kernel.ANSWER)


def _check_even(here: _Here, inner: _Here) -> None:
    """Steps that may be left out or done again must leave things as they found them."""
    if sorted(inner.held) != sorted(here.held) or sorted(inner.picked) != sorted(here.picked):
        raise refuse("What is held or picked inside of these steps must be given back inside of them.", here.path)


_WRITERS: dict[type, Callable[[_Writer, Any, _Here], None]] = {
    Pick: _write_pick, Leave: _write_leave, Hold: _write_hold, Free: _write_free, Serve: _write_serve,
    Repeat: _write_repeat, Choose: _write_choose, Answer: _write_answer,
}  # fmt: skip
