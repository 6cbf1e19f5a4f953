"""What a design is judged by, as figures for a page: each beside the same of another design, with the difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from planner.figures import DASH, count, duration, figure, nines, percent
from topology.capacity import Forecast, Number

Verdict = Literal["better", "worse", "same", "other"]
_NO_END = "more is asked than can be answered, so the queue grows for as long as the peak lasts"
_NOT_CLAIMED = "a site that swaps, or refuses its clients, has no response time to rely on"
_FREE = "1 - peak / capacity"
_SERVERS = "the servers of all tiers"
_GUESSED = "the largest of the guessed shares of the CPU of a mean request, and of what gives first"
_ALIKE = 0.003
"""Figures that differ by less than this share of themselves are the same to a reader."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One figure of a design; `value` is None where there is none, and `text` then says why."""

    name: str
    label: str
    value: float | None
    text: str
    unit: str = ""
    number: Number | None = None
    """The predicted number behind it, with its range, its class and its reason."""
    range: str = ""
    is_bad: bool = False
    """Whether what the text says is a refusal: saturated, swapping."""
    formula: str = ""
    """How it is got, where no number says so."""

    @property
    def why(self) -> str:
        """The formula and the facts behind it, as a sentence."""
        says = (self.number.why if self.number else "") or self.formula
        begins_with_a_name = says.split(" ")[0][-1:].isdigit()  # web1 is not Web1
        return says if begins_with_a_name else f"{says[:1].upper()}{says[1:]}"

    @property
    def how(self) -> str:
        """Its class: exact, approximate with how far off, or simulated with its interval."""
        number = self.number
        if number is None or self.value is None:
            return ""
        if number.kind == "exact":
            return "Exact."
        span = f" {self.range} {self.unit}".rstrip() if self.range else ""
        return f"{number.kind.capitalize()}:{span}{_ends(number)}." if span else f"{number.kind.capitalize()}."


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A metric now beside the same before."""

    metric: Metric
    before: Metric
    verdict: Verdict
    change: str
    """Such as +380 or -170 ms; empty where one of the two is none."""

    @property
    def is_same(self) -> bool:
        """Whether nothing changed that the figures show."""
        return self.verdict == "same"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """How a metric is read from a forecast, and which way is better."""

    read: Callable[[Forecast], Metric]
    up_is_better: bool | None
    write: Callable[[float], str]


def metrics_of(found: Forecast) -> tuple[Metric, ...]:
    """The figures of a forecast, in the order in which a page shows them."""
    return tuple(kind.read(found) for kind in _KINDS)


def differences(now: Forecast, before: Forecast) -> tuple[Difference, ...]:
    """Every figure beside the same of another forecast."""
    return tuple(_difference(kind, kind.read(now), kind.read(before)) for kind in _KINDS)


def _difference(kind: _Kind, now: Metric, before: Metric) -> Difference:
    if now.value is None or before.value is None:
        gone = now.value is None and before.value is not None
        verdict: Verdict = "same" if now.text == before.text else "worse" if gone else "better"
        return Difference(metric=now, before=before, verdict=verdict, change="")
    step = now.value - before.value
    is_same = now.text == before.text or abs(step) <= _ALIKE * abs(before.value) * (kind.write is not _off_nines)
    change = "" if is_same else f"{'+' if step > 0 else '−'}{kind.write(abs(step))}"
    return Difference(metric=now, before=before, verdict=_verdict(kind, step if change else 0.0), change=change)


def _verdict(kind: _Kind, step: float) -> Verdict:
    if not step:
        return "same"
    if kind.up_is_better is None:
        return "other"
    return "better" if (step > 0) == kind.up_is_better else "worse"


def _ends(number: Number) -> str:
    """The ends of the range, as shares of the figure."""
    if number.value <= 0 or number.unit == "share":
        return ""
    low, high = number.low / number.value - 1, number.high / number.value - 1
    return f", which is {_share(low)} to {_share(high)}"


def _share(off: float) -> str:
    return f"{'+' if off >= 0 else '−'}{percent(abs(off))} %"


def _range(number: Number, write: Callable[[float], str]) -> str:
    low, high = (write(end).replace("-", "−") for end in (number.low, number.high))
    if low == high:
        return ""
    return f"{low} to {high}" if number.low < 0 else f"{low}{DASH}{high}"


def _capacity(found: Forecast) -> Metric:
    number = found.capacity_rps
    if number.value <= 0:
        return Metric(name="capacity", label="Carries", value=None, text="none claimed", number=number, is_bad=True)
    return Metric(
        name="capacity",
        label="Carries",
        value=number.value,
        text=figure(number.value),
        unit="requests/s",
        number=number,
        range=_range(number, figure),
    )


def _response(which: Literal["mean", "p95"], label: str) -> Callable[[Forecast], Metric]:
    def read(found: Forecast) -> Metric:
        number = found.latency_ms.get(which)
        if number is None:
            text, why = ("no end", _NO_END) if found.capacity_rps.value > 0 else ("not claimed", _NOT_CLAIMED)
            return Metric(name=which, label=label, value=None, text=text, is_bad=True, formula=why)
        text, _, unit = duration(number.value).partition(" ")
        span = _range(number, duration)
        return Metric(name=which, label=label, value=number.value, text=text, unit=unit, number=number, range=span)

    return read


def _availability(found: Forecast) -> Metric:
    number = found.availability
    return Metric(
        name="availability", label="Available", value=number.value, text=nines(number.value), unit="%",
        number=number, range=_range(number, nines),
    )  # fmt: skip


def _free(found: Forecast) -> Metric:
    if found.capacity_rps.value <= 0 or found.growth is None:
        return Metric(
            name="headroom", label="Free at the peak", value=None, text="none", is_bad=True, formula=_FREE
        )  # fmt: skip
    times = found.growth.factor
    low, high = (1 - 1 / end if end > 0 else found.headroom for end in (times.low, times.high))
    number = Number(value=found.headroom, low=low, high=high, kind="approximate", unit="share", why=_FREE)
    return Metric(
        name="headroom", label="Free at the peak", value=found.headroom, text=percent(found.headroom), unit="%",
        number=number, range=_range(number, percent), is_bad=found.headroom < 0,
    )  # fmt: skip


def _cost(found: Forecast) -> Metric:
    cost = found.cost_month
    if cost.amount is None:
        return Metric(name="cost", label="A month", value=None, text="not known", formula=cost.says)
    return Metric(
        name="cost", label="A month", value=cost.amount, text=count(cost.amount), unit=cost.currency, formula=cost.says
    )


def _servers(found: Forecast) -> Metric:
    number = sum(tier.servers for tier in found.tiers)
    return Metric(name="servers", label="Servers", value=number, text=count(number), formula=_SERVERS)


def _off_nines(share: float) -> str:
    """A difference of availabilities, in percent."""
    return f"{share * 100:.2g}"


def _guessed(found: Forecast) -> Metric:
    share = found.guessed_share
    return Metric(
        name="guessed", label="Rests on guesses", value=share, text=percent(share), unit="%", formula=_GUESSED
    )


_KINDS = (
    _Kind(read=_capacity, up_is_better=True, write=figure),
    _Kind(read=_response("p95", "95 % within"), up_is_better=False, write=duration),
    _Kind(read=_response("mean", "Mean response"), up_is_better=False, write=duration),
    _Kind(read=_free, up_is_better=True, write=percent),
    _Kind(read=_availability, up_is_better=True, write=_off_nines),
    _Kind(read=_cost, up_is_better=False, write=count),
    _Kind(read=_servers, up_is_better=None, write=count),
    _Kind(read=_guessed, up_is_better=False, write=percent),
)
