"""Traffic as people tell it, such as "16 million page views a month", made into a workload by one rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from topology.errors import Place, TierwrightError
from topology.value import Estimate
from topology.workload import RequestClass, Workload

Counted = Literal["page views", "hits", "requests", "calls"]
"""Page views: each one page of the application. Hits: every request, files too. Requests: what reaches the
application, pages and what they fetch from it. Calls: requests of other sites' pages and of programs, no page."""

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "month": 2_629_800, "year": 31_557_600}
PEAK_TO_MEAN = (1.5, 2.0, 3.0)
"""The busiest hour over the mean of a longer time: a guess, where nobody says."""
FILES_OF_HITS = {"page": 0.1, "static": 0.3, "media": 0.6}
"""What hits are made of, where nobody says: a guess."""
PAGES_OF_REQUESTS = 0.3
"""Page views among the requests that reach an application, where nobody says.

Of three that published both numbers: Stack Exchange in November 2013, 36 of 148 million a day (0.24); Ravelry in
2009, 3.6 of 10 million (0.36), and in 2010, 5 of 15 million (0.33).
"""

_SCALES = {"": 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "g": 1e9, "billion": 1e9}
_TRAFFIC = re.compile(
    r"(?P<amount>[0-9]{1,15}(\.[0-9]{1,6})?) *(?P<scale>k|thousand|m|million|g|billion|) *"
    r"(?P<counted>page views|hits|requests|calls) (a|an|per) (?P<per>second|minute|hour|day|month|year)"
    r"(?P<when> at peak| on average|)",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """A rate and what it counts."""

    amount: float
    counted: Counted
    per: str
    """second, minute, hour, day, month or year."""
    at_peak: bool
    """A rate of the busiest hour; else the mean over a longer time."""
    page_share: float | None = None
    """Page views among the requests, where that is known."""

    @property
    def a_second(self) -> float:
        """The rate, a second."""
        return self.amount / SECONDS[self.per]


def read_traffic(text: str) -> Traffic:
    """Traffic from a sentence such as `45000 requests a second at peak` or `10 million hits a day`.

    A rate a second or a minute is taken for the peak and a longer time for the mean, unless `at peak` or
    `on average` says otherwise. Raises TierwrightError for anything else.
    """
    found = _TRAFFIC.fullmatch(" ".join(text.split()))
    if found is None:
        raise TierwrightError(
            "write traffic as a number, what it counts and the time, such as: 10 million hits a day, or 600 requests a"
            " second at peak; it may count page views, hits, requests or calls",
            place=Place(path="traffic"),
        )
    amount = float(found["amount"]) * _SCALES[found["scale"].lower()]
    per, when = found["per"].lower(), found["when"].strip().lower()
    at_peak = when == "at peak" or (not when and per in ("second", "minute"))
    counted: dict[str, Counted] = {"page views": "page views", "hits": "hits", "requests": "requests", "calls": "calls"}
    return Traffic(amount=amount, counted=counted[found["counted"].lower()], per=per, at_peak=at_peak)


def workload_of_traffic(traffic: Traffic, *, source: str = "") -> Workload:
    """The workload that this traffic is by rule; what a request costs is left to the table and its guesses.

    Raises TierwrightError for a rate that is no rate.
    """
    rate = traffic.a_second
    if not 0 < rate < 1e9:
        raise TierwrightError(
            "traffic should be above 0 and below a billion requests a second", place=Place(path="traffic")
        )
    classes = {name: RequestClass(share=share) for name, share in _shares(traffic).items() if share > 0}
    return Workload(peak_requests_per_second=_peak(rate, traffic.at_peak, source), classes=classes)


def _peak(rate: float, at_peak: bool, source: str) -> Estimate:
    if at_peak:
        return Estimate(low=rate, mid=rate, high=rate, basis="given", source=source)
    low, mid, high = (rate * factor for factor in PEAK_TO_MEAN)
    says = f"{source}; a busiest hour of twice the mean is a guess" if source else "a busiest hour of twice the mean"
    return Estimate(low=low, mid=mid, high=high, basis="guess", source=says)


def _shares(traffic: Traffic) -> dict[str, float]:
    if traffic.counted == "page views":
        return {"page": 1.0}
    if traffic.counted == "hits":
        return dict(FILES_OF_HITS)
    if traffic.counted == "calls":
        return {"api": 1.0}
    pages = PAGES_OF_REQUESTS if traffic.page_share is None else traffic.page_share
    return {"page": pages, "api": 1 - pages}
