"""What an answer rests on: the share of it that comes from guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from topology.capacity.answer import Resource
from topology.capacity.loads import Passage
from topology.capacity.memory import Taken
from topology.capacity.memory import guessed_share as guessed_memory
from topology.value import Estimate

_Measure = Callable[[Passage], tuple[float, Estimate | None]]


@dataclass(frozen=True, kw_only=True)
class Guessed:
    """How much of an answer rests on guesses, 0 to 1, and about what they are."""

    share: float
    about: Resource


def guessed(
    items: tuple[Passage, ...], memory: Mapping[str, tuple[Taken, ...]], limits: Iterable[tuple[str, Resource]]
) -> Guessed:
    """The largest of the guessed shares of what the answer is made of.

    Response times are made of the CPU seconds of a mean request, on all its servers. Capacity is made of what fills
    the first limit (`limits`: server and resource, in every world): CPU seconds or bytes of a mean request at that
    server, or its memory. Each share is of the expected amount; a figure made of several counts by its weakest.
    """
    found = [Guessed(share=_share(items, _cpu), about="cpu")]
    found.extend(
        Guessed(share=_of_limit(items, memory, host, resource), about=resource)
        for host, resource in dict.fromkeys(limits)
    )
    return max(found, key=lambda item: item.share)


def _of_limit(
    items: tuple[Passage, ...], memory: Mapping[str, tuple[Taken, ...]], host: str, resource: Resource
) -> float:
    if resource == "memory":
        return guessed_memory(memory[host])
    here = (item for item in items if item.key[0] == host)
    measures: Mapping[Resource, _Measure] = {"cpu": _cpu, "network": _bytes, "disk": _disk}
    if resource in measures:
        return _share(here, measures[resource])
    return 0.0  # workers and connections are held for as long as the CPU of the whole request takes


def _cpu(item: Passage) -> tuple[float, Estimate | None]:
    return item.visits * item.servers, item.demand.cpu_ms


def _disk(item: Passage) -> tuple[float, Estimate | None]:
    return item.visits * item.servers, item.demand.disk_ms


def _bytes(item: Passage) -> tuple[float, Estimate | None]:
    return item.remote * item.servers, item.demand.bytes_out


def _share(items: Iterable[Passage], measure: _Measure) -> float:
    total = guessed = 0.0
    for item in items:
        visits, figure = measure(item)
        if figure is not None:
            total += visits * figure.mid
            guessed += visits * figure.mid if figure.basis == "guess" else 0.0
    return guessed / total if total > 0 else 0.0
