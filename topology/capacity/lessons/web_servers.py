"""Add web servers: how far that carries, what stops it, and what is left when one of them dies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from topology.capacity.answer import Forecast, Number
from topology.capacity.engine import forecast
from topology.capacity.lessons.lesson import Lesson, Status, by_gain, called, factor, line, nothing
from topology.capacity.lessons.situation import Situation
from topology.capacity.variations import Variation, rearranged
from topology.capacity.words import digits, percent

NAME = "web_servers"
MOST = 512
"""Web servers beyond which nothing is looked for."""
ADDS = 1.001
"""One more server is said to help where the site then carries this many times as much."""
HOLDS = frozenset({"sql", "nfs"})
"""What a second server of the tier would hold other data of."""


@dataclass(frozen=True, kw_only=True)
class _Growing:
    """The plan with other numbers of web servers."""

    tier: str
    now: int
    enough: int
    """The fewest that carry as much as any number does; `MOST` where more still help."""
    answers: Mapping[int, Forecast]


def lesson(situation: Situation) -> Lesson:
    """The lesson for one plan."""
    growing = None if _obstacle(situation) else _growing(situation)
    effect = _effect(growing)
    return Lesson(
        name=NAME,
        title="Add web servers",
        chapter="Behind a load balancer more web servers can be added and taken out without downtime, and there is no"
        " limit to how many: at any stage, add servers to the part that is too slow.",
        says=_says(situation, growing),
        brief=_brief(situation, growing),
        status=_status(situation, growing, effect.value),
        effect=effect,
        valid="Holds until the balancer, the media server or the database is full: each further web server then buys"
        " nothing. Holds for servers that keep nothing the others need. Two carry the site through the death of one"
        " only as far as one alone carries the peak.",
        formula="capacity(A) = min(A · capacity of one, capacity of every other tier), by the forecast at each A",
        source="Utilisation law (Denning and Buzen 1978); one dead: the forecast of what is left",
        x_label="web servers",
        y_label="requests/s that the site carries",
        points=()
        if growing is None
        else line("capacity", ((float(n), answer.capacity_rps.value) for n, answer in sorted(growing.answers.items()))),
    )


def _obstacle(situation: Situation) -> str:
    """Why no web server can be added to the plan as it stands; empty where one can."""
    hosts = {host.name for host in situation.cluster.hosts_offering("app")}
    held = {
        service
        for placed in situation.cluster.placed
        if placed.host.name in hosts
        for service in placed.component.offers.get(placed.role.name, ())
    }
    if held & HOLDS:
        return "the web server also holds data (database or files), of which a second one would have others"
    if not situation.cluster.hosts_offering("balancer"):
        return "there is no load balancer in front of it"
    return ""


def _growing(situation: Situation) -> _Growing:
    tier = situation.app_host.tier
    answers: dict[int, Forecast] = {}

    def carried(count: int) -> float:
        if count not in answers:
            answers[count] = forecast(rearranged(situation.design, Variation(servers={tier: count})))
        return answers[count].capacity_rps.value

    now = sum(1 for host in situation.design.hosts if host.tier == tier)
    enough = _fewest(carried)
    for count in (1, 2, enough - 1, enough, enough + 1, now, now + 1):
        if count >= 1:
            carried(count)
    shown = {count: answer for count, answer in answers.items() if count <= max(now + 1, enough + 1)}
    return _Growing(tier=tier, now=now, enough=enough, answers=shown)


def _fewest(carried: Callable[[int], float]) -> int:
    """The first number of servers to which one more adds nothing, by doubling and halving; `MOST` where it is beyond.

    Once one more adds nothing no further one does: the others' limit is met, or connections have run out.
    """

    def helps(count: int) -> bool:
        return carried(count + 1) > carried(count) * ADDS

    high = 1
    while high < MOST and helps(high):
        high *= 2
    if high >= MOST:
        return MOST
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if helps(middle) else (low, middle)
    return high


def _effect(growing: _Growing | None) -> Number:
    if growing is None:
        return nothing("no web server can be added to the plan as it stands")
    before, after = (growing.answers[count].capacity_rps for count in (growing.now, growing.now + 1))
    pairs = [(after.value, before.value), (after.low, before.low), (after.high, before.high)]
    return factor([a / b if b > 0 else 1.0 for a, b in pairs], "capacity with one web server more over capacity now")


def _status(situation: Situation, growing: _Growing | None, gain: float) -> Status:
    if growing is None:
        return "void here"
    return "partly" if by_gain(gain) == "void here" and growing.now > 1 and growing.enough <= growing.now else "holds"


def _says(situation: Situation, growing: _Growing | None) -> str:
    if growing is None:
        return f"No web server can be added as the plan stands: {_obstacle(situation)}."
    now, more = growing.answers[growing.now].capacity_rps.value, growing.answers[growing.now + 1].capacity_rps.value
    return (
        f"{_count(growing.now)} carry {digits(now)} requests/s, one more would make it {digits(more)}."
        f" {_ends(growing)} {_death(situation, growing)}"
    )


def _count(number: int) -> str:
    return "One web server" if number == 1 else f"{number} web servers"


def _ends(growing: _Growing) -> str:
    if growing.enough >= MOST:
        return f"That goes on beyond {MOST} of them."
    most, more = (growing.answers[count] for count in (growing.enough, growing.enough + 1))
    carries, breaks = digits(most.capacity_rps.value), more.breaks_first
    if breaks is not None and more.capacity_rps.value <= 0:
        says = f"{breaks.says[0].lower()}{breaks.says[1:]}"
        return f"It ends at {growing.enough}, with {carries} requests/s: with one more, {says}"
    what = f"{called(breaks.resource)} of {breaks.server}" if breaks is not None else "another tier"
    return f"It stops helping at {growing.enough}, with {carries} requests/s: {what} is full then."


def _death(situation: Situation, growing: _Growing) -> str:
    if growing.now < 2:
        return "When it dies, the site is down."
    left = forecast(situation.design, lost=(situation.app_host.name,))
    before, after = (f.latency_ms.get("p99") for f in (growing.answers[growing.now], left))
    carries = f"When one dies, the others carry {digits(left.capacity_rps.value)} requests/s"
    if before is None or after is None:
        share = situation.peak / left.capacity_rps.value if left.capacity_rps.value > 0 else math.inf
        return f"{carries}, of which the peak asks {percent(share)}: too much." if share >= 1 else f"{carries}."
    return (
        f"{carries}, and at the peak one answer in a hundred takes {after.value:.0f} in place of {before.value:.0f} ms."
    )


def _brief(situation: Situation, growing: _Growing | None) -> str:
    if growing is None:
        return f"no web server can be added yet: {_obstacle(situation)}"
    if growing.enough >= MOST:
        return "each further web server helps"
    return f"web servers help up to {growing.enough}"
