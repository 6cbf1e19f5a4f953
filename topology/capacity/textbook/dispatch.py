"""From a case's `model` to its answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from topology.capacity.layered import solve_layered
from topology.capacity.textbook import cases
from topology.capacity.textbook.nets import answer_closed, answer_open
from topology.capacity.textbook.reading import read
from topology.capacity.textbook.stations import answer_availability, answer_mg1, answer_mmc, answer_usl
from topology.document import PlanRefused
from topology.errors import Place, TierwrightError

_MODELS: dict[str, tuple[type[BaseModel], Callable[[Any], dict[str, Any]]]] = {
    "mmc": (cases.MmcCase, answer_mmc),
    "mg1": (cases.Mg1Case, answer_mg1),
    "open_network": (cases.OpenNetworkCase, answer_open),
    "closed_network": (cases.ClosedNetworkCase, answer_closed),
    "availability": (cases.AvailabilityCase, answer_availability),
    "usl": (cases.UslCase, answer_usl),
}


def solve_case(data: Any, *, file: str | None = None, seed: int = 1) -> dict[str, Any]:
    """The answer to a case of one of the textbook models, with the model's name and the keys of the interface.

    `data` is plain data as JSON gives it; `seed` is for the layered model, which is simulated. Raises TierwrightError
    with the place of what is wrong; an answer holds finite numbers only.
    """
    name = _model(data, file)
    try:
        found = {"model": name, **_answer(name, data, file, seed)}
    except TierwrightError as error:
        if isinstance(error, PlanRefused):
            raise
        raise TierwrightError(error.sentence, place=Place(file=file, path=error.place.path)) from None
    except (OverflowError, ZeroDivisionError):
        raise _too_far(file) from None
    if not all(math.isfinite(number) for number in _numbers(found)):
        raise _too_far(file)
    return found


def _answer(name: str, data: Mapping[str, Any], file: str | None, seed: int) -> dict[str, Any]:
    if name == "layered":
        return {"class": "simulated", **solve_layered(data, seed=seed)}
    form, answer = _MODELS[name]
    return answer(read(form, data, file=file))


def _model(data: Any, file: str | None) -> str:
    if not isinstance(data, Mapping):
        raise TierwrightError('a case is a mapping of keys, such as {"model": "mmc", ..}', place=Place(file=file))
    name = data.get("model")
    if isinstance(name, str) and (name in _MODELS or name == "layered"):
        return name
    known = ", ".join((*_MODELS, "layered"))
    raise TierwrightError(f"say which model this is: one of {known}", place=Place(file=file, path="model"))


def _too_far(file: str | None) -> TierwrightError:
    return TierwrightError("these numbers lie so far apart that the answer cannot be held", place=Place(file=file))


def _numbers(data: Any) -> Iterator[float]:
    if isinstance(data, Mapping):
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from _numbers(item)
    elif isinstance(data, int | float):
        yield float(data)
