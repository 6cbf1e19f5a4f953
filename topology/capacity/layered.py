"""Layered models: users call tasks, whose threads are held while they call others, on processors that they share."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from topology.capacity.simulation import (
    Choose,
    Free,
    Hold,
    Model,
    Outcome,
    Repeat,
    Serve,
    Slots,
    Station,
    Step,
    Stream,
    simulate,
)
from topology.errors import Place, TierwrightError

_PROCESSOR = re.compile(
    r"(?P<kind>processor sharing|ps|fcfs|first come,? first served|delay|infinite|inf)(?:\s*,\s*(?P<cores>\d+) cores?)?"
)
_FORWARDS = re.compile(r"forwards every request to (?P<target>[^\s(.,]+)")
_MOST_STEPS = 50_000
_FREE = frozenset({"title", "description", "source", "note"})
"""Keys for people, from which nothing is worked out."""
_OF_USERS = frozenset({"name", "population", "think_time", "runs_on", "demand", "calls"})
_OF_ENTRIES = frozenset({"demand", "calls", "calls_holding_the_thread", "forwards", "then"})
_OF_TASKS = frozenset({"name", "threads", "runs_on"})


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What a task does when it is called by this name."""

    task: str
    processor: str
    endless: bool
    demand: float
    calls: Mapping[str, float]
    forwards: Mapping[str, float]
    path: str


def solve_layered(
    case: Mapping[str, object],
    *,
    seed: int = 1,
    precision: float = 0.005,
    most_requests: int = 4_000_000,
) -> dict[str, object]:
    """Simulate a layered model; answers in the case's own unit of time.

    Demands are exponential in slices between calls, each of mean D/(1 + sum of calls), and calls are geometric with
    the given mean, those of users too, as in LQNS (Franks et al., 2009). Response is a user's cycle without think
    time. TierwrightError where the case cannot be read.
    """
    outcome = simulate(model_of(case), seed=seed, precision=precision, most_requests=most_requests, unit=unit_of(case))
    return {
        "model": "layered",
        **_figures(outcome),
        "utilisation": {
            name: station.utilisation.document()
            for name, station in outcome.stations.items()
            if station.utilisation is not None
        },
        "threads_held": {name: slots.held.document() for name, slots in outcome.slots.items()},
        "requests": outcome.requests,
        "precise": outcome.precise,
    }


def _figures(outcome: Outcome) -> dict[str, object]:
    whole = outcome.overall
    if whole.mean is None or whole.p95 is None:
        raise TierwrightError("Nothing was answered: the users never come through.")
    figures: dict[str, object] = {
        "throughput": whole.throughput.document(),
        "response": whole.mean.document(),
        "response_p95": whole.p95.document(),
    }
    if len(outcome.streams) > 1:
        figures["users"] = {
            name: {"throughput": stream.throughput.document(), "response": stream.mean.document()}
            for name, stream in outcome.streams.items()
            if stream.mean is not None
        }
    return figures


def unit_of(case: Mapping[str, object]) -> str:
    """The case's unit of time."""
    unit = case.get("time_unit", "s")
    if not isinstance(unit, str) or not re.fullmatch(r"[a-z]{1,20}", unit):
        raise _refuse("The unit of time must be a word such as s or ms.", "time_unit")
    return unit


def model_of(case: Mapping[str, object]) -> Model:
    """The case as a model to simulate."""
    stations = tuple(_processors(_mapping(case.get("processors"), "processors")))
    known = {station.name for station in stations}
    entries: dict[str, _Entry] = {}
    slots = []
    for place, document in enumerate(_sequence(case.get("tasks"), "tasks")):
        path = f"tasks.{place}"
        task = _mapping(document, path)
        name, threads = _text(task, "name", path), _threads(task, path)
        if threads is not None:
            slots.append(Slots(name=name, count=threads))
        for called, entry in _entries(task, name, known, path, endless=threads is None):
            if called in entries:
                raise _refuse(f"The name {called} is given twice.", path)
            entries[called] = entry
    streams = tuple(_streams(case.get("users"), _Writer(entries), known))
    return Model(streams=streams, stations=stations, slots=tuple(slots))


def _processors(documents: Mapping[str, object]) -> Iterator[Station]:
    for name, document in documents.items():
        path = f"processors.{name}"
        match = _PROCESSOR.fullmatch(document.strip().lower()) if isinstance(document, str) else None
        if match is None:
            raise _refuse("A processor is such as: processor sharing, 4 cores; fcfs; delay.", path)
        kind, cores = match["kind"], int(match["cores"] or 1)
        if kind in ("delay", "infinite", "inf"):
            yield Station(name=name, servers=None)
        else:
            yield Station(name=name, servers=cores, discipline="ps" if kind in ("processor sharing", "ps") else "fcfs")


def _entries(
    task: Mapping[str, object], name: str, processors: set[str], path: str, *, endless: bool
) -> Iterator[tuple[str, _Entry]]:
    processor = _text(task, "runs_on", path)
    if processor not in processors:
        raise _refuse(f"There is no processor {processor}.", f"{path}.runs_on")
    named = task.get("entries")
    documents = {name: task} if named is None else _mapping(named, f"{path}.entries")
    _refuse_unknown(task, _OF_TASKS | (_OF_ENTRIES if named is None else {"entries"}), path)
    for called, document in documents.items():
        place = path if named is None else f"{path}.entries.{called}"
        entry = _mapping(document, place)
        if named is not None:
            _refuse_unknown(entry, _OF_ENTRIES, place)
        calls, holding = _calls(entry, "calls", place), _calls(entry, "calls_holding_the_thread", place)
        yield (
            called,
            _Entry(
                task=name,
                processor=processor,
                endless=endless,
                demand=_amount(entry.get("demand", 0), f"{place}.demand"),
                calls={one: calls.get(one, 0.0) + holding.get(one, 0.0) for one in {**calls, **holding}},
                forwards=_forwards(entry, place),
                path=place,
            ),
        )


def _forwards(entry: Mapping[str, object], path: str) -> Mapping[str, float]:
    """To whom a request is passed on once the thread is free: by name and chance, or as a sentence."""
    chances = _calls(entry, "forwards", path)
    then = entry.get("then")
    if then is None:
        return chances
    match = _FORWARDS.match(then) if isinstance(then, str) else None
    if match is None:
        raise _refuse("What follows is such as: forwards every request to NAME.", f"{path}.then")
    return {**chances, match["target"]: 1.0}


def _threads(task: Mapping[str, object], path: str) -> int | None:
    threads = task.get("threads", 1)
    if threads == "infinite":
        return None
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise _refuse("Threads are a whole number from 1 on, or infinite.", f"{path}.threads")
    return threads


class _Writer:
    """Writes what a call does as steps."""

    def __init__(self, entries: Mapping[str, _Entry]) -> None:
        self._entries = entries
        self._written = 0

    def call(self, name: str, path: str, within: tuple[str, ...] = ()) -> tuple[Step, ...]:
        """Hold a thread, work and call in turn, free it, and pass the request on."""
        if name not in self._entries:
            raise _refuse(f"There is no task or entry {name} to call.", path)
        if name in within:
            raise _refuse(f"{' calls '.join([*within, name])}: this has no end.", path)
        self._written += 1
        if self._written > _MOST_STEPS:
            raise _refuse(f"The calls unfold to more than {_MOST_STEPS:,}.", path)
        entry, inner = self._entries[name], (*within, name)
        work = self.work(entry.demand, entry.calls, entry.processor, entry.path, inner)
        if not entry.endless:
            work = (Hold(slots=entry.task), *work, Free(slots=entry.task))
        if not entry.forwards:
            return work
        ways = tuple((chance, self.call(to, entry.path, inner)) for to, chance in entry.forwards.items())
        return (*work, Choose(ways=ways))

    def work(
        self, demand: float, calls: Mapping[str, float], processor: str, path: str, within: tuple[str, ...]
    ) -> tuple[Step, ...]:
        """Slices of the demand with calls between them."""
        total = sum(calls.values())
        slices = (Serve(station=processor, mean=demand / (1 + total)),) if demand > 0 else ()
        if total == 0:
            return slices
        ways = tuple((mean / total, self.call(name, path, within)) for name, mean in calls.items() if mean > 0)
        return (Repeat(times=total, steps=(*slices, Choose(ways=ways)), law="geometric"), *slices)


def _streams(document: object, writer: _Writer, processors: set[str]) -> Iterator[Stream]:
    one = isinstance(document, Mapping)
    for place, users in enumerate([document] if one else _sequence(document, "users")):
        path = "users" if one else f"users.{place}"
        yield _stream(_mapping(users, path), writer, processors, path)


def _stream(users: Mapping[str, object], writer: _Writer, processors: set[str], path: str) -> Stream:
    _refuse_unknown(users, _OF_USERS, path)
    population = users.get("population")
    if isinstance(population, bool) or not isinstance(population, int):
        raise _refuse("The population must be a whole number.", f"{path}.population")
    calls, demand = _calls(users, "calls", path), _amount(users.get("demand", 0), f"{path}.demand")
    processor = users.get("runs_on", "")
    if not demand and not any(calls.values()):
        raise _refuse("The users call nothing.", f"{path}.calls")
    if not isinstance(processor, str) or (demand and processor not in processors):
        raise _refuse(f"There is no processor {processor}.", f"{path}.runs_on")
    name = users.get("name", "users" if path == "users" else path)
    return Stream(
        name=str(name),
        users=population,
        think=_amount(users.get("think_time", 0), f"{path}.think_time"),
        steps=writer.work(demand, calls, processor, path, ()),
    )


def _calls(entry: Mapping[str, object], key: str, path: str) -> dict[str, float]:
    document = entry.get(key, {})
    return {name: _amount(mean, f"{path}.{key}.{name}") for name, mean in _mapping(document, f"{path}.{key}").items()}


def _amount(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e12:
        raise _refuse(f"This must be a number from 0 on, not {value}.", path)
    return float(value)


def _mapping(document: object, path: str) -> Mapping[str, object]:
    if not isinstance(document, Mapping):
        raise _refuse("This must be an object with named members.", path)
    return document


def _sequence(document: object, path: str) -> list[object]:
    if not isinstance(document, list) or not document:
        raise _refuse("This must be a list that is not empty.", path)
    return document


def _text(document: Mapping[str, object], key: str, path: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise _refuse(f"{key} is missing here, or is no text.", path)
    return value


def _refuse_unknown(document: Mapping[str, object], known: Collection[str], path: str) -> None:
    """A mistyped key would leave a number out without a word."""
    for key in document:
        if key not in known and key not in _FREE:
            raise _refuse(f"The key {key} is not known here; known are {', '.join(sorted(known))}.", path)


def _refuse(sentence: str, path: str) -> TierwrightError:
    return TierwrightError(sentence, place=Place(path=path))
