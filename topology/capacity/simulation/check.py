"""What a model must be before it can be simulated: each name known, each number one that makes sense."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

from topology.capacity.simulation.model import Group, Model, Slots, Station, Stream
from topology.errors import Place, TierwrightError

MOST_HOSTS = 100_000
MOST_USERS = 1_000_000


def refuse(sentence: str, path: str) -> TierwrightError:
    """A refusal that names its place in the model."""
    return TierwrightError(sentence, place=Place(path=path))


def check_model(model: Model) -> None:
    """Raise TierwrightError where something outside of the steps cannot be; steps are checked as they are compiled."""
    if not model.streams:
        raise refuse("There is no stream of requests: nothing to simulate.", "streams")
    for kind in ("streams", "stations", "slots", "groups"):
        _check_names(kind, [thing.name for thing in getattr(model, kind)])
    groups = {group.name for group in model.groups}
    for group in model.groups:
        _check_group(group)
    for station in model.stations:
        _check_station(station, groups)
    for slots in model.slots:
        _check_slots(slots, groups)
    for stream in model.streams:
        _check_stream(stream)


def check_number(value: object, name: str, path: str, *, above: bool = False) -> float:
    """A finite number from 0 on, or above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise refuse(f"{name} must be a number, not {value}.", path)
    if value < 0 or (above and value == 0):
        raise refuse(f"{name} must be {'above 0' if above else '0 or more'}, not {value}.", path)
    return float(value)


def check_count(value: object, name: str, path: str, *, least: int = 1, most: int | None = None) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"{name} must be a whole number, not {value}.", path)
    if value < least or (most is not None and value > most):
        bounds = f"{least:,} or more" if most is None else f"from {least:,} to {most:,}"
        raise refuse(f"{name} must be {bounds}, not {value:,}.", path)
    return value


def check_word(value: object, words: Iterable[str], name: str, path: str) -> None:
    """One of a few words."""
    known = list(words)
    if value not in known:
        raise refuse(f"{name} must be one of {', '.join(known)}, not {value}.", path)


def check_confidence(value: float) -> None:
    """The share of intervals that are to hold the truth."""
    if not 0.5 <= check_number(value, "The confidence", "confidence") < 1:
        raise refuse(f"The confidence must be from 0.5 to below 1, not {value}.", "confidence")


def _check_names(kind: str, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if not name:
            raise refuse("A name is missing.", f"{kind}.{place}")
        if name in names[:place]:
            raise refuse(f"The name {name} is given twice.", f"{kind}.{place}")


def _check_group(group: Group) -> None:
    path = f"groups.{group.name}"
    check_count(group.members, "The number of hosts", path, most=MOST_HOSTS)
    check_word(group.policy, ("random", "round_robin", "least_connections"), "The policy", path)


def _check_station(station: Station, groups: set[str]) -> None:
    path = f"stations.{station.name}"
    if station.servers is not None:
        check_count(station.servers, "The number of servers", path)
    check_word(station.discipline, ("ps", "fcfs"), "The discipline", path)
    _check_home(station.group, groups, path)


def _check_slots(slots: Slots, groups: set[str]) -> None:
    path = f"slots.{slots.name}"
    check_count(slots.count, "The number of slots", path)
    if slots.backlog is not None:
        check_count(slots.backlog, "The backlog", path, least=0)
    _check_home(slots.group, groups, path)


def _check_home(group: str, groups: set[str], path: str) -> None:
    if group and group not in groups:
        raise refuse(f"There is no group {group}.", path)


def _check_stream(stream: Stream) -> None:
    path = f"streams.{stream.name}"
    if (stream.rate is None) == (stream.users is None):
        raise refuse("A stream has either a rate or users.", path)
    check_number(stream.think, "The time to think", path)
    if check_number(stream.dispersion, "The dispersion", path) < 1:
        raise refuse(f"The dispersion must be 1 or more, not {stream.dispersion}.", path)
    if stream.rate is not None:
        check_number(stream.rate, "The rate", path, above=True)
    else:
        check_count(stream.users, "The number of users", path, most=MOST_USERS)
        if stream.dispersion != 1:
            raise refuse("Only a stream with a rate can come in bursts.", path)
