"""What a weighing rests on: the figures of the workload with the weakest provenance, in words with their place."""

from __future__ import annotations

from collections.abc import Iterator

from topology.capacity import Input, digits
from topology.value import Basis, Estimate
from topology.weighing.standing import Standing
from topology.workload import Workload

MOST = 5
WORTH_NAMING = 0.001
"""Effect of a tenth more of a figure on the answer below which its provenance matters to nobody."""
WEAKEST_FIRST: tuple[Basis, ...] = ("guess", "default", "given", "measured")
WORDS: dict[Basis, str] = {
    "guess": "a guess", "default": "from the table of measured demands", "given": "said by a person",
    "measured": "measured",
}  # fmt: skip
ALWAYS = "how often servers stop and how long repair takes: guesses, in every availability"


def weakest_of(standing: Standing) -> tuple[str, ...]:
    """The weakest first and, of equal ones, those first that move the answer most; empty without a forecast."""
    if standing.forecast is None:
        return ()
    ranked = sorted(standing.inputs, key=lambda item: (WEAKEST_FIRST.index(item.figure.basis), -abs(item.effect)))
    named = [item for item in ranked if abs(item.effect) >= WORTH_NAMING and item.figure.basis != "measured"]
    return (*(_input(item) for item in named[:MOST]), *_observed(standing), *_growth(standing), ALWAYS)


def _input(item: Input) -> str:
    place = f"workload.classes.{item.of}.{item.name}" if item.of else f"workload.{item.name}"
    return f"{place}: {_told(item.figure, item.unit)}"


def _observed(standing: Standing) -> Iterator[str]:
    """The design's own document does not name the server that was observed: it was taken for one."""
    own = standing.design.workload
    seen = own.observed if isinstance(own, Workload) else None
    if seen is not None and seen.server_type is None and seen.cores is None:
        yield "workload.observed.server_type: not said, so taken for the first application server before the change"


def _growth(standing: Standing) -> Iterator[str]:
    """Every date rests on it."""
    growth = standing.workload.growth if standing.workload else None
    if growth is not None and growth.basis != "measured":
        yield f"workload.growth_per_year: {_told(growth, 'share')}, in every date"


def _told(figure: Estimate, unit: str) -> str:
    mid, low, high = (_written(value, unit) for value in (figure.mid, figure.low, figure.high))
    unit_words = {"share": "", "1/s": " requests/s", "B": " bytes"}.get(unit, f" {unit}" if unit else "")
    span = "" if low == high else f" ({low}–{high})"
    return f"{mid}{span}{unit_words}, {WORDS[figure.basis]}"


def _written(value: float, unit: str) -> str:
    return f"{digits(value * 100)} %" if unit == "share" else digits(value)
