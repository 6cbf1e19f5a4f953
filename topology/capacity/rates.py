"""Rates through the week: the hours of a workload as requests per second of the whole site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from topology.workload import Workload

HOURS_A_DAY = 24
QUIET_HOURS = 4
"""How long a quiet stretch for work on the servers is looked for."""


@dataclass(frozen=True, kw_only=True)
class HourlyRates:
    """The expected rate of each hour, and how sure the rates are."""

    by_hour: tuple[float, ...]
    """Requests per second in each hour of a day (24) or of a week from Monday (168)."""
    doubt: tuple[float, float]
    """The rates may be this many times as low and as high as expected, all together."""

    @property
    def peak_hour(self) -> int:
        """The busiest hour, the earliest of equals."""
        return self.by_hour.index(max(self.by_hour))


def rates_of(workload: Workload) -> HourlyRates | None:
    """The rates of the workload's hours; None where no hours are given or all of them are 0.

    The hours are taken as a shape, the busiest of them at the peak. They are means over many weeks and the peak is
    the busiest hour of all, so that usual weeks lie below these rates, never above.
    """
    hours = workload.hours or ()
    top = max(hours, default=0.0)
    if top <= 0:
        return None
    peak = workload.peak
    doubt = (peak.low / peak.mid, peak.high / peak.mid)
    return HourlyRates(by_hour=tuple(peak.mid * (hour / top) for hour in hours), doubt=doubt)


def worst_day(rates: HourlyRates) -> tuple[float, ...]:
    """For each hour of the day its rate on the busiest day of the week."""
    return tuple(max(rates.by_hour[hour::HOURS_A_DAY]) for hour in range(HOURS_A_DAY))


def quietest(rates: Sequence[float], hours: int = QUIET_HOURS) -> tuple[int, int]:
    """The hours in a row, round the end, with the fewest requests: the first of them, and the one after the last."""
    count = len(rates)
    begin = min(range(count), key=lambda first: sum(rates[(first + step) % count] for step in range(hours)))
    return begin, (begin + hours) % count


def hour_name(index: int, hours: int) -> str:
    """An hour as a person says it: `14:00`, or `Tuesday 14:00` in a week."""
    clock = f"{index % HOURS_A_DAY}:00"
    return clock if hours <= HOURS_A_DAY else f"{_DAYS[index // HOURS_A_DAY]} {clock}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
