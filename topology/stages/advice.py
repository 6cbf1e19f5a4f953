"""Which way to go: stay, resize or a stage, by a table of rules that is written here and nowhere else.

The first row that holds is the answer.

| row | holds when | answer |
|---|---|---|
| 1 | most of what fills the first limit is a guess, as it is while nobody has observed the server; memory that is \
short even at the least that may be needed is none | none |
| 2 | the design as it is keeps the promise for the next half year | stay |
| 3 | files fill the first limit: most bytes are files, and the network breaks first or moving them out gains more \
than moving the database out | media_server |
| 4 | larger servers in the same layout, or a stage, keep the promise for the next half year | the cheapest of these |
| 5 | nothing does | what carries most, and by how much it falls short |

The promise is the plan's: headroom (half of the capacity where it promises none), response time, availability,
and memory that suffices. An availability or a response time that nothing here reaches is said, and then left out
of the comparison: no layout should be bought for a promise that it does not keep either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from topology.capacity import Forecast, digits, percent
from topology.design import Design, Promise
from topology.stages.base import file_bytes
from topology.stages.sizing import Verdict, needed_rps, promised_headroom, verdict
from topology.stages.words import availability, price, times
from topology.workload import Workload

GUESSED_MOST = 0.5
"""Above this share of guesses in the first limit an answer rests on guesses, whatever else was measured."""
AHEAD_YEARS = 0.5
"""The promise must hold at the peak of half a year from now: time to decide, buy and move. Our choice."""
FILES_SHARE = 0.5
"""From this share of the bytes on a site counts as heavy in files."""
NEARLY = 1.05
"""Prices within 5 percent of each other count as equal; the one that carries more is then taken."""
STAY, RESIZE, MEDIA = "stay", "resize", "media_server"


@dataclass(frozen=True, kw_only=True)
class Option:
    """A way to go: a design, its forecast, and what it does not hold."""

    name: str
    """stay, resize or the name of a stage."""
    title: str
    design: Design
    forecast: Forecast

    @property
    def cost(self) -> float:
        """Monthly cost; infinite where it is not known, so that what is known is cheaper."""
        return math.inf if self.forecast.cost_month.amount is None else self.forecast.cost_month.amount

    @property
    def carries(self) -> float:
        """Requests per second that it carries."""
        return self.forecast.capacity_rps.value


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What is recommended and why; `option` is None where nothing is, or where nothing changes."""

    recommended: str | None
    why: str
    row: int
    """The row of the table that held."""
    option: Option | None = None
    needed_rps: float
    """The capacity that the promise asks for, half a year ahead."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the advice is about: where the site is, the ways to go on, and the two single steps out of it."""

    workload: Workload
    promise: Promise | None
    stay: Option
    ways: tuple[Option, ...]
    """Larger servers first, then the stages not yet reached, in order; each as it would stand."""
    media_alone: Option | None = None
    """The media server as the very next step; None where there is one."""
    split_alone: Option | None = None
    """The database apart as the very next step; None where it is."""


def advise(question: Question) -> Advice:
    """The answer of the table."""
    lasting = _Table(question)
    rows = (lasting.guessed, lasting.stays, lasting.files_first, lasting.cheapest)
    return next((answer for row in rows if (answer := row()) is not None), lasting.most())


def growth_factor(workload: Workload, years: float) -> float:
    """How many times today's peak is expected after so many years; 1 where traffic does not grow or nobody says."""
    return float((1 + max(0.0, workload.yearly_growth or 0.0)) ** years)


class _Table:
    """The rows, with what they share worked out once."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.stay = question.stay
        self.factor = growth_factor(question.workload, AHEAD_YEARS)
        headroom = promised_headroom(question.promise)
        self.needed = needed_rps(self.stay.forecast, headroom) * self.factor
        self.goal, self.unreached = self._reachable()

    def guessed(self) -> Advice | None:
        """Row 1."""
        forecast = self.stay.forecast
        share = forecast.guessed_share
        if share <= GUESSED_MOST or any(host.memory.low > host.memory.total for host in forecast.hosts):
            return None
        least = forecast.capacity_rps.low
        even = (
            "" if least <= 0 else f" Even if requests cost the most that they may, it carries {digits(least)} a second."
        )
        part = f"{percent(share)} of what fills the first limit is one"
        return self._answer(1, None, f"Nothing is recommended on guesses alone: {part}. {self._question()}.{even}")

    def _question(self) -> str:
        """The one thing to find out."""
        breaks = self.stay.forecast.breaks_first
        if breaks is not None and breaks.resource == "memory":
            return (
                f"See how much memory {breaks.server} uses at its peak (`free -m`, the column used), or write how many"
                " workers it has, and there is an answer"
            )
        if self.question.workload.observed is None:
            return (
                "Say one number and there is an answer: how busy the server was in the log's peak hour (CPU in percent:"
                " 100 less %idle of `sar -u`, or your provider's graph)"
            )
        return "Measure what its requests cost, or name the classes of requests, and there is an answer"

    def stays(self) -> Advice | None:
        """Row 2."""
        if not self._holds(self.stay).holds:
            return None
        why = f"It carries {digits(self.stay.carries)} requests/s and {digits(self.needed)} are needed{self._ahead()}."
        return self._answer(2, STAY, why)

    def files_first(self) -> Advice | None:
        """Row 3."""
        media, split = self.question.media_alone, self.question.split_alone
        sent = file_bytes(self.question.workload)
        breaks = self.stay.forecast.breaks_first
        if media is None or sent < FILES_SHARE or breaks is None or media.carries <= self.stay.carries:
            return None
        if breaks.resource != "network" and (split is None or media.carries <= split.carries):
            return None
        beside = f"; the database apart would make that {digits(split.carries)}" if split else ""
        holds = self._holds(media)
        short = "" if holds.holds else f" That alone is not enough: {holds.says}."
        gains = f"from {digits(self.stay.carries)} to {digits(media.carries)} requests/s"
        why = (
            f"{self._lacks()} Files are {percent(sent)} of the bytes, so the media server comes first: it takes the"
            f" site {gains} for {price(media.forecast.cost_month)}{beside}.{short}"
        )
        return self._answer(3, MEDIA, why, media)

    def cheapest(self) -> Advice | None:
        """Row 4."""
        holding = [option for option in self.question.ways if self._holds(option).holds]
        if not holding:
            return None
        limit = min(option.cost for option in holding) * NEARLY
        best = max((option for option in holding if option.cost <= limit), key=lambda option: option.carries)
        others = [option for option in holding if option is not best]
        beside = f"; the next that does is {_briefly(min(others, key=lambda option: option.cost))}" if others else ""
        why = f"{self._lacks()} The cheapest that keeps the promise is {_briefly(best)}{beside}.{self._split_says()}"
        return self._answer(4, best.name, why, best)

    def most(self) -> Advice:
        """Row 5; where nothing runs at all there is no way to go but another kind of server."""
        best = max((*self.question.ways, self.stay), key=lambda option: (option.carries, -option.cost))
        short = self._holds(best).says
        if best.carries <= 0:
            return self._answer(5, None, f"Nothing here runs: {short}. Add a larger server type to the plan.")
        why = f"{self._lacks()} Nothing here keeps the promise; {_briefly(best)} carries most, and {short}."
        return self._answer(5, best.name, why, None if best is self.stay else best)

    def _answer(self, row: int, recommended: str | None, why: str, option: Option | None = None) -> Advice:
        why = " ".join((why, *self.unreached))
        return Advice(recommended=recommended, why=why, row=row, option=option, needed_rps=self.needed)

    def _holds(self, option: Option) -> Verdict:
        return verdict(option.forecast, self.goal, factor=self.factor)

    def _reachable(self) -> tuple[Promise | None, tuple[str, ...]]:
        """The promise without what nothing here reaches, and a sentence for each part left out."""
        promise, said = self.question.promise, []
        options = (self.stay, *self.question.ways)
        if promise is not None and promise.availability is not None:
            best = max(option.forecast.availability.value for option in options)
            if best < promise.availability:
                promised = availability(promise.availability)
                said.append(f"No way here reaches {promised} availability; the best is {availability(best)}.")
                promise = promise.model_copy(update={"availability": None})
        if promise is not None and promise.p95_ms is not None:
            times = [o.forecast.latency_ms["p95"].value for o in options if "p95" in o.forecast.latency_ms]
            if times and min(times) > promise.p95_ms:
                said.append(f"No way here answers 95 % within {promise.p95_ms:g} ms; the best is {min(times):.0f} ms.")
                promise = promise.model_copy(update={"p95_ms": None})
        return promise, tuple(said)

    def _lacks(self) -> str:
        says = self._holds(self.stay).says
        return f"As it is, {says}{self._ahead()}."

    def _ahead(self) -> str:
        headroom = promised_headroom(self.question.promise)
        growth = f" half a year ahead, {times(self.factor)} times today's peak" if self.factor > 1 else ""
        return f" with {percent(headroom)} kept free{growth}"

    def _split_says(self) -> str:
        split = self.question.split_alone
        if split is None or self.stay.carries <= 0:
            return ""
        gain = split.carries / self.stay.carries - 1
        return f" A server of its own for the database would buy {percent(gain)}." if gain < FILES_SHARE else ""


def _briefly(option: Option) -> str:
    return f"{option.title} ({digits(option.carries)} requests/s, {price(option.forecast.cost_month)})"
