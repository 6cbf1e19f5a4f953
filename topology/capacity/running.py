"""What the servers cost over time: three years, and a million requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from topology.capacity.answer import Cost, Number
from topology.capacity.cost import WITHOUT
from topology.capacity.rates import rates_of
from topology.capacity.words import digits
from topology.hardware import HOURS_A_MONTH
from topology.value import Estimate, estimate
from topology.workload import Workload

MONTHS_OF_USE = 36

SECONDS_A_MONTH = HOURS_A_MONTH * 3600
MILLION = 1e6
LEAST_SHARE = 1e-3
"""The least that a mean rate is taken for, of what is expected: a request at no rate at all has no price."""
_RATES: dict[Literal["mean", "hours", "peak"], str] = {
    "mean": "at the mean rate of {rate} requests/s",
    "hours": "at {rate} requests/s, the mean of the hours given",
    "peak": "as if the peak of {rate} requests/s lasted day and night, as no mean rate is known: the least it can be",
}


@dataclass(frozen=True, kw_only=True)
class RunningCost:
    """What running the servers costs over time; amounts are None where the monthly one is not known."""

    month: float | None
    three_years: float | None
    """36 months at today's price, not discounted."""
    per_million: Number | None
    """For a million requests asked, by `rate`; None also where nothing is asked."""
    rate: Literal["mean", "hours", "peak"]
    """What the rate of requests was taken from."""
    currency: str
    says: str


def running_cost(cost: Cost, workload: Workload) -> RunningCost:
    """The monthly cost over three years and over the requests of a month of 730 hours."""
    rate, source = mean_rate(workload)
    if cost.amount is None:
        return RunningCost(
            month=None, three_years=None, per_million=None, rate=source, currency=cost.currency, says=cost.says
        )
    told = _RATES[source].format(rate=digits(rate.mid))
    return RunningCost(
        month=cost.amount,
        three_years=round(cost.amount * MONTHS_OF_USE, 2),
        per_million=_per_million(cost, rate, told),
        rate=source,
        currency=cost.currency,
        says=f"a million requests {told}; three years at today's price, not discounted; {WITHOUT}",
    )


def mean_rate(workload: Workload) -> tuple[Estimate, Literal["mean", "hours", "peak"]]:
    """The mean rate in requests per second: as given, else of the hours, else the peak, and which of them."""
    if workload.mean_requests_per_second is not None:
        return estimate(workload.mean_requests_per_second), "mean"
    rates = rates_of(workload)
    if rates is None:
        return workload.peak, "peak"
    return workload.peak.scaled(sum(rates.by_hour) / len(rates.by_hour) / workload.peak.mid), "hours"


def _per_million(cost: Cost, rate: Estimate, told: str) -> Number | None:
    if cost.amount is None or rate.mid <= 0:
        return None
    asked = (rate.mid, max(rate.low, rate.mid * LEAST_SHARE), rate.high)
    amounts = [cost.amount * MILLION / (requests * SECONDS_A_MONTH) for requests in asked]
    return Number(
        value=amounts[0],
        low=amounts[2],
        high=amounts[1],
        kind="approximate",
        unit=f"{cost.currency}/million",
        why=f"monthly cost / requests of {HOURS_A_MONTH} hours, {told}",
    )
