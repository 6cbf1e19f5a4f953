"""The rows of a weighing: each figure of a design before and after, which way is better, and both in words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from topology.capacity import Forecast, Number, percent
from topology.weighing.standing import Standing
from topology.weighing.words import Write, counted, moved, nines, ranged, rate, share, value_of, whole

Key = Literal[
    "capacity", "p95", "availability", "cost", "headroom", "utilisation_peak", "without_one", "single_points", "risks"
]
Amount = Number | float
NO_PLAN = "nothing stands yet"


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """One figure before and after; None where there is none, and the words then say why."""

    key: Key
    title: str
    unit: str
    before: Amount | None
    after: Amount | None
    was: str
    """What was, in words, with its range and without its unit."""
    now: str
    better: bool | None
    """Whether the change is for the better; None where nothing changed, or nobody can tell."""
    says: str
    """Both in one phrase: `240 to 620 requests/s`."""
    is_same: bool
    """Whether a reader would see no difference."""
    why: str = ""
    """How the figure was got, where it says so."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A figure of one design: None, with the reason in words, where it has none."""

    amount: Amount | None
    text: str
    rank: float | None = None
    """What decides which of two is better where a figure alone does not: more is better."""
    why: str = ""
    unit: str = ""
    """Where it differs from design to design: the currency."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """How a figure is read, and which way is better."""

    key: Key
    title: str
    unit: str
    up_is_better: bool
    read: Callable[[Standing], Reading]
    alike: float = 0.003
    """Share of itself by which a figure may differ and is still the same to a reader."""

    def tells_apart(self, old: Reading, new: Reading) -> bool:
        """Whether a reader would see a difference."""
        if old.text == new.text and old.unit == new.unit:
            return False
        if old.amount is None or new.amount is None or old.unit != new.unit:
            return True
        was, now = value_of(old.amount), value_of(new.amount)
        return abs(now - was) > self.alike * abs(was)


def rows_of(before: Standing | None, after: Standing, *, keys: Collection[Key] | None = None) -> tuple[MetricRow, ...]:
    """Every figure of the two designs, or those of these keys."""
    return tuple(_row(metric, before, after) for metric in METRICS if keys is None or metric.key in keys)


def reading_of(key: Key, standing: Standing) -> Reading:
    """One figure of one design."""
    return next(metric for metric in METRICS if metric.key == key).read(standing)


def _row(metric: Metric, before: Standing | None, after: Standing) -> MetricRow:
    old = Reading(amount=None, text=NO_PLAN) if before is None else metric.read(before)
    new = metric.read(after)
    unit = new.unit or metric.unit
    return MetricRow(
        key=metric.key,
        title=metric.title,
        unit=unit,
        before=old.amount,
        after=new.amount,
        was=old.text,
        now=new.text,
        better=None if before is None else _better(metric, old, new),
        says=_says(old, new, unit, is_first=before is None),
        is_same=not metric.tells_apart(old, new),
        why=new.why,
    )


def _says(old: Reading, new: Reading, unit: str, *, is_first: bool) -> str:
    one_unit = old.unit == new.unit
    if is_first or (old.text == new.text and one_unit):
        return _with_unit(new, unit)
    if old.amount is None or new.amount is None or not one_unit:
        return f"{_with_unit(old, old.unit or unit)}, then {_with_unit(new, unit)}"
    return moved(old.text, new.text, unit)


def _with_unit(reading: Reading, unit: str) -> str:
    return f"{reading.text} {unit}" if unit and reading.amount is not None else reading.text


def _better(metric: Metric, old: Reading, new: Reading) -> bool | None:
    """By the ranks where they are known, else by the figures; currencies do not compare."""
    was, now = _rank(metric, old), _rank(metric, new)
    if was is None or now is None or was == now or old.unit != new.unit or not metric.tells_apart(old, new):
        return None
    return now > was


def _rank(metric: Metric, reading: Reading) -> float | None:
    if reading.rank is not None or reading.amount is None:
        return reading.rank
    value = value_of(reading.amount)
    return value if metric.up_is_better else -value


def _forecast(read: Callable[[Forecast], Reading]) -> Callable[[Standing], Reading]:
    """A figure of the forecast, where there is one."""

    def reading(standing: Standing) -> Reading:
        if standing.forecast is None:
            return Reading(amount=None, text=f"not known: {standing.trouble}")
        return read(standing.forecast)

    return reading


def _number(number: Number, write: Write) -> Reading:
    return Reading(amount=number, text=ranged(number, write), why=number.why)


def _capacity(found: Forecast) -> Reading:
    number = found.capacity_rps
    if number.value <= 0:
        return Reading(amount=None, text="none claimed", rank=0.0, why=number.why)
    return _number(number, rate)


def _p95(found: Forecast) -> Reading:
    number = found.latency_ms.get("p95")
    if number is not None:
        return _number(number, rate)
    refused = found.capacity_rps.value <= 0
    text = "not claimed" if refused else "no end: more is asked than can be answered"
    return Reading(amount=None, text=text, rank=float("-inf"))


def _availability(found: Forecast) -> Reading:
    return _number(found.availability, nines)


def _cost(found: Forecast) -> Reading:
    cost = found.cost_month
    if cost.amount is None:
        return Reading(amount=None, text="not known", why=cost.says, unit=cost.currency)
    return Reading(amount=cost.amount, text=whole(cost.amount), why=cost.says, unit=cost.currency)


def _headroom(found: Forecast) -> Reading:
    if found.growth is None or found.capacity_rps.value <= 0:
        return Reading(amount=None, text="none", rank=-1.0)
    times, value = found.growth.factor, found.headroom
    low, high = (1 - 1 / end if end > 0 else value for end in (times.low, times.high))
    why = "1 - peak / capacity"
    return _number(Number(value=value, low=low, high=high, kind="approximate", unit="share", why=why), share)


def _utilisation(found: Forecast) -> Reading:
    """The busiest resource of all tiers at the peak."""
    busy = [(number, tier.name, what) for tier in found.tiers for what, number in tier.utilisation.items()]
    if not busy:
        return Reading(amount=None, text="not known")
    number, tier, what = max(busy, key=lambda item: item[0].value)
    return Reading(amount=number, text=f"{ranged(number, share)}", why=f"{what} of {tier}: {number.why}".rstrip(": "))


def _single_points(found: Forecast) -> Reading:
    number = len(found.single_points)
    listed = ", ".join(point.name for point in found.single_points)
    return Reading(amount=float(number), text=whole(number), why=listed)


def _without_one(standing: Standing) -> Reading:
    """What is carried with the server gone whose death costs most."""
    if standing.forecast is None:
        return Reading(amount=None, text=f"not known: {standing.trouble}")
    if standing.forecast.capacity_rps.value <= 0:
        return Reading(amount=None, text="none claimed", rank=-1.0)
    worst = standing.worst_loss
    if worst is None:
        return Reading(amount=None, text="not known: no request needs any server")
    if worst.capacity_rps is None:
        stops = "the whole site" if worst.refused.value > 1 - 1e-9 else f"{percent(worst.refused.value)} of requests"
        text = f"stops for {stops}, with one of {worst.tier} dead"
        return Reading(amount=None, text=text, rank=-worst.refused.value, why=worst.says)
    number = worst.capacity_rps
    return Reading(amount=number, text=ranged(number, rate), rank=number.value, why=worst.says)


def _risks(standing: Standing) -> Reading:
    number = len(standing.risks)
    return Reading(
        amount=float(number), text=whole(number), why=counted(number, "error or warning", "errors or warnings")
    )


METRICS = (
    Metric(key="capacity", title="Carries", unit="requests/s", up_is_better=True, read=_forecast(_capacity)),
    Metric(key="p95", title="95 % answered within", unit="ms", up_is_better=False, read=_forecast(_p95)),
    Metric(
        key="availability", title="Available", unit="%", up_is_better=True, read=_forecast(_availability), alike=0.0
    ),
    Metric(key="cost", title="A month", unit="", up_is_better=False, read=_forecast(_cost)),
    Metric(key="headroom", title="Free at the peak", unit="%", up_is_better=True, read=_forecast(_headroom)),
    Metric(
        key="utilisation_peak", title="Busiest at the peak", unit="%", up_is_better=False, read=_forecast(_utilisation)
    ),
    Metric(
        key="without_one", title="Carries without any one server", unit="requests/s", up_is_better=True,
        read=_without_one,
    ),
    Metric(
        key="single_points", title="Single points of failure", unit="", up_is_better=False,
        read=_forecast(_single_points),
    ),
    Metric(key="risks", title="Risks open", unit="", up_is_better=False, read=_risks),
)  # fmt: skip
