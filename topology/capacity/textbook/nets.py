"""Networks of stations: from names to arrays, and back to answers by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from topology.capacity.networks import (
    Bounds,
    ClosedNetwork,
    OpenNetwork,
    Saturated,
    Solution,
    Station,
    TooLarge,
    solve_closed,
    solve_open,
)
from topology.capacity.networks.model import Array
from topology.capacity.textbook.cases import ClassCase, ClosedNetworkCase, OpenNetworkCase, StationCase
from topology.errors import Place, TierwrightError


def answer_open(case: OpenNetworkCase) -> dict[str, Any]:
    """An open network; where a station cannot keep up, a refusal that says by how much."""
    stations, visits, service = _read(case.stations, case.classes)
    rates = np.array([item.arrival_rate for item in case.classes])
    network = OpenNetwork(
        stations=stations, classes=_names(case.classes), visits=visits, service=service, arrival_rate=rates
    )
    try:
        return _answer(solve_open(network), np.ones(len(rates), dtype=bool))
    except Saturated as error:
        raise TierwrightError(str(error), place=Place(path="classes")) from None


def answer_closed(case: ClosedNetworkCase) -> dict[str, Any]:
    """A closed network, with the bounds between which each throughput and response lies."""
    stations, visits, service = _read(case.stations, case.classes)
    population = np.array([item.population for item in case.classes], dtype=np.int64)
    network = ClosedNetwork(
        stations=stations,
        classes=_names(case.classes),
        visits=visits,
        service=service,
        population=population,
        think_time=np.array([item.think_time for item in case.classes]),
    )
    try:
        solution, bounds = solve_closed(network, case.method)
    except TooLarge as error:
        raise TierwrightError(str(error), place=Place(path="method")) from None
    except ValueError as error:
        raise TierwrightError(str(error), place=Place(path="classes")) from None
    return {**_answer(solution, population > 0), "bounds": _bounds(network, bounds)}


def _read(stations: Sequence[StationCase], classes: Sequence[ClassCase]) -> tuple[tuple[Station, ...], Array, Array]:
    """Stations, and visits and service times as arrays of one row a class and one column a station."""
    _refuse_twins(stations, "stations")
    _refuse_twins(classes, "classes")
    columns = {station.name: column for column, station in enumerate(stations)}
    visits, service = np.zeros((len(classes), len(stations))), np.zeros((len(classes), len(stations)))
    for row, item in enumerate(classes):
        for name, (often, time) in _asked(row, item, columns):
            visits[row, columns[name]], service[row, columns[name]] = often, time
    places = tuple(Station(name=item.name, servers=item.servers, discipline=item.discipline) for item in stations)
    return places, visits, service


def _asked(row: int, item: ClassCase, stations: Iterable[str]) -> Iterator[tuple[str, tuple[float, float]]]:
    """Visits and service time of each station that a class names."""
    for key, names in (("service_time", item.service_time), ("visits", item.visits or {})):
        for name in names:
            if name not in stations:
                raise TierwrightError(
                    f"there is no station of this name; there are {', '.join(list(stations)[:20])}",
                    place=Place(path=f"classes[{row}].{key}.{name}"),
                )
    for name in item.visits or {}:
        if name not in item.service_time and (item.visits or {})[name] > 0:
            raise TierwrightError(
                "a station that is visited needs a service time", place=Place(path=f"classes[{row}].visits.{name}")
            )
    for name, time in item.service_time.items():
        yield name, (1.0 if item.visits is None else item.visits.get(name, 0.0), time)


def _refuse_twins(items: Sequence[StationCase | ClassCase], key: str) -> None:
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item.name in seen:
            raise TierwrightError("this name is taken", place=Place(path=f"{key}[{number}].name"))
        seen.add(item.name)


def _names(classes: Sequence[ClassCase]) -> tuple[str, ...]:
    return tuple(item.name for item in classes)


def _answer(solution: Solution, present: Any) -> dict[str, Any]:
    """The promised keys by name, and the same once more by class and station in detail.

    What a station does for all classes together is a sum; its residence is that of the mean request.
    """
    network = solution.network
    stations = {item.name: _station(solution, column) for column, item in enumerate(network.stations)}
    classes = {
        name: {
            "throughput": float(solution.throughput[row]),
            "response": float(solution.response[row]) if present[row] else None,
            "stations": {
                item.name: {
                    "utilisation": float(solution.utilisation[row, column]),
                    "queue_length": float(solution.queue_length[row, column]),
                    "residence": float(solution.residence[row, column]) if present[row] else None,
                }
                for column, item in enumerate(network.stations)
            },
        }
        for row, name in enumerate(network.classes)
    }
    return {
        "class": solution.kind,
        "throughput": {name: item["throughput"] for name, item in classes.items()},
        "response": {name: item["response"] for name, item in classes.items()},
        **{
            key: {name: item[key] for name, item in stations.items()}
            for key in ("utilisation", "queue_length", "residence")
        },
        "classes": classes,
        "stations": stations,
        "notes": list(solution.notes),
    }


def _station(solution: Solution, column: int) -> dict[str, Any]:
    requests = float(solution.throughput.sum())
    visits = float(solution.throughput @ solution.network.visits[:, column])
    length = float(solution.queue_length[:, column].sum())
    return {
        "utilisation": float(solution.utilisation[:, column].sum()),
        "queue_length": length,
        "residence": length / requests if requests else None,
        "response": length / visits if visits else None,
        "throughput": visits,
    }


def _bounds(network: ClosedNetwork, bounds: Bounds) -> dict[str, Any]:
    """Throughput of each class and, by Little's law, its response."""
    found: dict[str, Any] = {"kind": bounds.kind, "throughput": {}, "response": {}}
    for row, name in enumerate(network.classes):
        low, high, count = float(bounds.low[row]), float(bounds.high[row]), int(network.population[row])
        found["throughput"][name] = {"low": low, "high": high}
        think = float(network.think_time[row])
        found["response"][name] = (
            {"low": max(0.0, count / high - think), "high": count / low - think} if count else None
        )
    return found
