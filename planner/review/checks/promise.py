"""The promises of the plan, held against its forecast at the peak: 95th percentile, availability, headroom."""

from __future__ import annotations

from collections.abc import Iterator

from planner.review.checks.base import Check, Said, Subject, fails, joined, passes, unknown
from topology.capacity import Forecast, digits, percent
from topology.design import Promise
from topology.weighing import nines


class Promised(Check):
    """What the site promises."""

    title = "Keeps what the site promises"
    place = 2

    def look(self, subject: Subject) -> Said:
        """Each promise that is made; unknown where none is, or where there is no forecast."""
        promise, stood = subject.design.promise, subject.stood
        if promise is None or promise == Promise():
            return unknown("Nobody has promised anything: say the p95, the availability and the headroom in the plan.")
        if stood.forecast is None:
            return unknown(f"There is no forecast: {stood.trouble}.")
        rows = list(_rows(promise, stood.forecast))
        broken = [says for kept, says in rows if not kept]
        return fails(joined(broken)) if broken else passes(joined([says for _, says in rows]))


def _rows(promise: Promise, forecast: Forecast) -> Iterator[tuple[bool, str]]:
    if promise.p95_ms is not None:
        found = forecast.latency_ms.get("p95")
        value = "more than it can carry is asked" if found is None else f"{digits(found.value)} ms"
        yield found is not None and found.value <= promise.p95_ms, f"p95 {value}, promised {digits(promise.p95_ms)} ms"
    if promise.availability is not None:
        value, least = nines(forecast.availability.value), nines(promise.availability)
        yield forecast.availability.value >= promise.availability, f"availability {value} %, promised {least} %"
    if promise.headroom is not None:
        says = f"{percent(forecast.headroom)} of capacity free at the peak, promised {percent(promise.headroom)}"
        yield forecast.headroom >= promise.headroom, says


promise = Promised()
