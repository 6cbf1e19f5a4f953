"""Response times without what was held open: protocol switches, long polls and requests that ended by a timer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topology.intake.tally import LONG_POLL, WEBSOCKET, Times
from topology.workload import Times as TimesInMs

_SLOW_MICROS, _SLOWEST_MICROS = 4_500_000, 130_000_000
"""Timers that hold requests are set between these: 5 s to two minutes."""
_STEP_MICROS, _WITHIN_MICROS = 100_000, 300_000
_ENOUGH = 10


@dataclass(frozen=True, kw_only=True)
class ResponseTimes:
    """Response times in milliseconds by class, and what was set apart."""

    by_class: dict[int, TimesInMs]
    switched: int = 0
    """Protocol switches: WebSockets."""
    polls: int = 0
    """Long polls by their path."""
    timer_s: float | None = None
    """The timer at which many slow requests ended."""
    timed_out: int = 0
    """How many did."""


def response_times(times: Times) -> ResponseTimes:
    """Response times that may stand for the work of an answer; they still are no service times."""
    micros, classes = times.columns()
    kept = (classes != WEBSOCKET) & (classes != LONG_POLL)
    timer = timer_of(micros[kept])
    ended = kept & (np.abs(micros - timer) <= _WITHIN_MICROS) if timer else np.zeros(micros.size, dtype=np.bool_)
    kept &= ~ended
    present = np.unique(classes[kept]).tolist()
    return ResponseTimes(
        by_class={number: _in_ms(micros[kept & (classes == number)]) for number in present},
        switched=int(np.count_nonzero(classes == WEBSOCKET)),
        polls=int(np.count_nonzero(classes == LONG_POLL)),
        timer_s=timer / 1e6 if timer else None,
        timed_out=int(np.count_nonzero(ended)),
    )


def timer_of(micros: NDArray[np.int64]) -> int | None:
    """The time at which at least half of the slow requests ended, in microseconds, if there is one.

    Work takes times of all lengths; a long poll or a time-out ends when its timer does.
    """
    slow = micros[(micros >= _SLOW_MICROS) & (micros <= _SLOWEST_MICROS)]
    if slow.size < _ENOUGH:
        return None
    steps = np.bincount(slow // _STEP_MICROS)
    best = int(steps.argmax())
    around = int(steps[max(0, best - 1) : best + 2].sum())
    if around < _ENOUGH or around * 2 < slow.size:
        return None
    return int(np.median(slow[slow // _STEP_MICROS == best]))


def _in_ms(micros: NDArray[np.int64]) -> TimesInMs:
    ordered = np.sort(micros)
    ranks = [max(0, int(np.ceil(share * ordered.size)) - 1) for share in (0.5, 0.95, 0.99)]
    p50, p95, p99 = (int(ordered[rank]) / 1000 for rank in ranks)
    return TimesInMs(mean=round(float(ordered.mean()) / 1000, 3), p50=p50, p95=p95, p99=p99, count=int(ordered.size))


def sentences(found: ResponseTimes) -> list[str]:
    """What was set apart, in words."""
    said = []
    if found.switched:
        said.append(
            f"{found.switched} requests switched protocols (WebSockets): their time is the length of a session, so it"
            " is left out of the response times."
        )
    if found.polls:
        said.append(f"{found.polls} requests are long polls by their path; their times are held apart.")
    if found.timed_out:
        said.append(
            f"{found.timed_out} requests ended within 0.3 s of {found.timer_s:.1f} s, where more than half of the slow"
            " ones did: a timer held them (a long poll or a time-out), so their times are held apart too."
        )
    return said
