"""What an answer rests on: the share of it that comes from guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from topology.capacity.answer import Resource
from topology.capacity.loads import Passage
from topology.capacity.memory import Taken
from topology.capacity.memory import guessed_share as guessed_memory
from topology.value import Estimate

_Measure = Callable[[Passage], tuple[float, Estimate | None]]


def guessed_share(
    items: Iterable[Passage], memory: Mapping[str, tuple[Taken, ...]], *, host: str, resource: Resource
) -> float:
    """Share, 0 to 1, of what fills the limit that is met first whose figure has the basis `guess`.

    Of the CPU seconds or bytes of one mean request at the server that breaks first, as expected; where workers or
    connections break first, of the CPU seconds of the whole request, since they are held for all of it; where
    memory does, of that server's memory. A figure made of several counts by its weakest.
    """
    if resource == "memory":
        return guessed_memory(memory[host])
    if resource == "network":
        return _share((item for item in items if item.key[0] == host), _bytes)
    if resource == "cpu":
        return _share((item for item in items if item.key[0] == host), _cpu)
    return _share(items, _cpu)


def _cpu(item: Passage) -> tuple[float, Estimate | None]:
    return item.visits, item.demand.cpu_ms


def _bytes(item: Passage) -> tuple[float, Estimate | None]:
    return item.remote, item.demand.bytes_out


def _share(items: Iterable[Passage], measure: _Measure) -> float:
    total = guessed = 0.0
    for item in items:
        visits, figure = measure(item)
        if figure is not None:
            total += visits * figure.mid
            guessed += visits * figure.mid if figure.basis == "guess" else 0.0
    return guessed / total if total > 0 else 0.0
