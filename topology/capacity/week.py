"""The week hour by hour: how busy, how slow, and the percentiles of all its requests together.

Each hour is taken as if its rate lasted (pointwise stationary, Green and Kolesar 1991): a queue that an overloaded
hour leaves to the next is not carried on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from topology.capacity.answer import Number
from topology.capacity.latency import FIGURES, Figure, banded
from topology.capacity.limits import Limits
from topology.capacity.mixture import Part, mixture_mean, mixture_percentile
from topology.capacity.percentiles import response_percentile
from topology.capacity.rates import QUIET_HOURS, HourlyRates, hour_name, quietest, rates_of
from topology.capacity.study import Busiest, Moments, Study
from topology.capacity.words import digits, percent
from topology.value import Estimate

MOST_RATES = 20
"""Distinct rates at which response times are worked out; more hours than that share them by how near they lie."""


@dataclass(frozen=True, kw_only=True)
class Hour:
    """One hour of the day or week."""

    name: str
    """Such as `14:00`, or `Tuesday 14:00`."""
    rate: float
    """Requests per second of the whole site."""
    busy: Number
    """Share of the busiest resource, above 1 where more is asked than there is."""
    tier: str
    """The tier whose resource that is."""
    mean_ms: Number | None
    p95_ms: Number | None
    """None where the hour is overloaded, or nothing is asked."""


@dataclass(frozen=True, kw_only=True)
class Week:
    """A usual day or week of the site."""

    hours: tuple[Hour, ...]
    peak_hour: int
    """Index of the busiest hour; the figures of the peak itself are the forecast's."""
    latency_ms: Mapping[Figure, Number]
    """Over all requests of all hours; a percentile that overloaded hours leave open is left out."""
    overloaded_hours: int
    overloaded_share: float
    """Share of all requests that fall into hours in which more is asked than is carried."""
    quiet: tuple[int, int]
    """The quietest four hours in a row: the first, and the one after the last."""
    says: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """Hours of about one rate, taken as one."""

    rate: float
    weight: float
    """Share of all requests that fall into them."""


def week_of(study: Study) -> Week | None:
    """The week of a study; None where the workload gives no hours."""
    rates = rates_of(study.workload)
    if rates is None:
        return None
    curves = Curves(study=study, steps=steps_of(rates.by_hour), doubt=rates.doubt)
    hours = tuple(_hour(curves, rates, index) for index in range(len(rates.by_hour)))
    over = [hour for hour in hours if hour.rate >= study.capacity.value]
    asked = sum(rates.by_hour)
    return Week(
        hours=hours,
        peak_hour=rates.peak_hour,
        latency_ms=curves.mixed(),
        overloaded_hours=len(over),
        overloaded_share=sum(hour.rate for hour in over) / asked,
        quiet=quietest(rates.by_hour),
        says=_says(hours, rates, over),
    )


def peak_latency(study: Study, peak: Estimate) -> dict[Figure, Number]:
    """Mean and percentiles at one rate, with its range; empty where it is overloaded."""
    if peak.mid >= study.capacity.value:
        return {}
    doubt = (peak.low / peak.mid, peak.high / peak.mid)
    return Curves(study=study, steps=(Step(rate=peak.mid, weight=1.0),), doubt=doubt).mixed()


def steps_of(rates: Sequence[float]) -> tuple[Step, ...]:
    """The distinct rates above 0 with the requests that fall to each; of many, those that lie near each other as one.

    Spans are narrower towards the busiest rate, where response times bend; that rate always stays itself. A span's
    rate is the mean of its requests' rates.
    """
    total = sum(rates)
    asked = sorted(rate for rate in rates if rate > 0)
    if len(set(asked)) <= MOST_RATES:
        return tuple(Step(rate=rate, weight=asked.count(rate) * rate / total) for rate in dict.fromkeys(asked))
    top, bottom = asked[-1], asked[0]
    spans: dict[int, list[float]] = {}
    for rate in asked:
        below = math.sqrt((top - rate) / (top - bottom))
        spans.setdefault(math.ceil(below * (MOST_RATES - 1)), []).append(rate)
    return tuple(
        Step(rate=sum(rate * rate for rate in span) / sum(span), weight=sum(span) / total)
        for _, span in sorted(spans.items(), reverse=True)
    )


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Response times at the steps of the week: expected, and at the low and high end of every world."""

    study: Study
    steps: tuple[Step, ...]
    doubt: tuple[float, float]

    def mixed(self) -> dict[Figure, Number]:
        """Mean and percentiles over all requests; what overloaded hours leave open is left out."""
        expected = self._mix(self._expected)
        known = {figure: value for figure, value in expected.items() if value is not None}
        lows = [self._filled(known, self._mix(end, cut_off=self._cap_ms)) for end in self._lows]
        highs = [self._filled(known, self._mix(end, cut_off=self._cap_ms)) for end in self._highs]
        return self._banded(known, (lows, highs), self.steps[-1].rate)

    def at(self, rate: float) -> Mapping[Figure, Number]:
        """Mean and 95th percentile at a rate between the steps; empty where it is overloaded."""
        if rate <= 0 or rate >= self.study.capacity.value:
            return {}
        known = self._between(self._expected_figures, rate)
        if known is None:
            return {}
        lows = [self._between(figures, rate) for figures in self._low_figures]
        highs = [self._between(figures, rate) for figures in self._high_figures]
        return self._banded(known, (lows, highs), rate)

    def busy(self, rate: float) -> Busiest:
        """What is fullest at a rate between the steps, in proportion."""
        above = self._above(rate)
        upper = self._busiest[above]
        after = self.steps[above].rate
        if rate >= after * (1 - 1e-12):
            return upper
        before, lower = (self.steps[above - 1].rate, self._busiest[above - 1].share) if above else (0.0, None)
        part = (rate - before) / (after - before)
        ends = {
            end: (0.0 if lower is None else getattr(lower, end)) * (1 - part) + getattr(upper.share, end) * part
            for end in ("value", "low", "high")
        }
        return replace(upper, share=replace(upper.share, **ends))

    @cached_property
    def _busiest(self) -> tuple[Busiest, ...]:
        low, high = self.doubt
        return tuple(
            self.study.busiest(Estimate(low=step.rate * low, mid=step.rate, high=step.rate * high))
            for step in self.steps
        )

    @cached_property
    def _expected(self) -> tuple[Moments | None, ...]:
        return self._curve(self.study.worlds[0], 1.0, pooled=False)

    @cached_property
    def _lows(self) -> tuple[tuple[Moments | None, ...], ...]:
        return tuple(self._curve(world, self.doubt[0], pooled=True) for world in self.study.worlds)

    @cached_property
    def _highs(self) -> tuple[tuple[Moments | None, ...], ...]:
        return tuple(self._curve(world, self.doubt[1], pooled=False) for world in self.study.worlds)

    @cached_property
    def _expected_figures(self) -> list[dict[Figure, float] | None]:
        return self._figures(self._expected)

    @cached_property
    def _low_figures(self) -> list[list[dict[Figure, float] | None]]:
        return [self._figures(end) for end in self._lows]

    @cached_property
    def _high_figures(self) -> list[list[dict[Figure, float] | None]]:
        return [self._figures(end) for end in self._highs]

    def _curve(self, world: Limits, factor: float, *, pooled: bool) -> tuple[Moments | None, ...]:
        return tuple(self.study.moments(world, step.rate * factor, pooled=pooled) for step in self.steps)

    def _mix(self, curve: Sequence[Moments | None], *, cut_off: float | None = None) -> dict[Figure, float | None]:
        """Milliseconds over all steps; requests of overloaded ones are cut off, or leave the mean without a value."""
        known = [(step, at) for step, at in zip(self.steps, curve, strict=True) if at is not None]
        parts = [Part(weight=step.weight, mean=at.mean, variance=at.variance) for step, at in known]
        endless = sum(step.weight for step, at in zip(self.steps, curve, strict=True) if at is None)
        found: dict[Figure, float | None] = {}
        for figure, share in FIGURES.items():
            value = mixture_mean(parts) if share is None else mixture_percentile(share, parts, endless=endless)
            found[figure] = None if value is None else 1000 * value
        if endless > 0:
            answered = (1 - endless) * (found["mean"] or 0.0)
            found["mean"] = None if cut_off is None else answered + endless * cut_off
        return found

    @staticmethod
    def _figures(curve: Sequence[Moments | None]) -> list[dict[Figure, float] | None]:
        return [
            None
            if at is None
            else {"mean": 1000 * at.mean, "p95": 1000 * response_percentile(0.95, mean=at.mean, variance=at.variance)}
            for at in curve
        ]

    def _between(self, figures: Sequence[dict[Figure, float] | None], rate: float) -> dict[Figure, float] | None:
        """Between two steps in proportion to 1 / response, which is straight for one shared core."""
        above = self._above(rate)
        upper = figures[above]
        if above == 0 or upper is None or self.steps[above].rate <= rate * (1 + 1e-12):
            return upper
        lower = figures[above - 1]
        if lower is None:
            return None
        before, after = self.steps[above - 1].rate, self.steps[above].rate
        part = (rate - before) / (after - before)
        return {name: 1 / ((1 - part) / lower[name] + part / upper[name]) for name in lower if lower[name] > 0}

    def _above(self, rate: float) -> int:
        return next((n for n, step in enumerate(self.steps) if step.rate >= rate * (1 - 1e-12)), len(self.steps) - 1)

    def _filled(self, known: Mapping[Figure, float], end: Mapping[Figure, float | None]) -> dict[Figure, float]:
        return {figure: self._cap_ms if end[figure] is None else float(end[figure] or 0.0) for figure in known}

    def _banded(
        self,
        known: Mapping[Figure, float],
        ends: tuple[Sequence[Mapping[Figure, float] | None], Sequence[Mapping[Figure, float] | None]],
        rate: float,
    ) -> dict[Figure, Number]:
        lows, highs = ends
        load = rate / self.study.capacity.value
        return banded(known, (list(lows), list(highs)), load=load, cap_ms=self._cap_ms)

    @property
    def _cap_ms(self) -> float:
        return 1000.0 * self.study.cluster.limits.request_seconds


def _hour(curves: Curves, rates: HourlyRates, index: int) -> Hour:
    rate = rates.by_hour[index]
    busiest = curves.busy(rate)
    figures = curves.at(rate)
    return Hour(
        name=hour_name(index, len(rates.by_hour)),
        rate=rate,
        busy=_briefly(busiest.share),
        tier=busiest.tier,
        mean_ms=_briefly(figures["mean"]) if figures else None,
        p95_ms=_briefly(figures["p95"]) if figures else None,
    )


def _briefly(number: Number) -> Number:
    """Without its formula, which is the same for every hour and stands with the week's own figures."""
    return replace(number, why="")


def _says(hours: Sequence[Hour], rates: HourlyRates, over: Sequence[Hour]) -> str:
    first, after = quietest(rates.by_hour)
    busiest = hours[rates.peak_hour]
    calm = max(hours[(first + step) % len(hours)].busy.value for step in range(QUIET_HOURS))
    parts = [
        f"Busiest at {busiest.name} with {digits(busiest.rate)} requests/s ({percent(busiest.busy.value)} busy)",
        f"quietest from {hours[first].name} to {hours[after].name} (at most {percent(calm)} busy)",
    ]
    if over:
        parts.append(f"{len(over)} of {len(hours)} hours ask for more than this design carries")
    return f"{'; '.join(parts)}."
