"""Server types and numbers of servers, chosen by the forecast: the smallest that carry the peak with headroom."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from topology.capacity import Forecast, HostForecast, Resource, digits, forecast
from topology.design import Design, Promise
from topology.hardware import BUILT_IN, BUILT_IN_CURRENCY, KNOWN, ServerType
from topology.stages.base import Purpose
from topology.stages.layout import hosts_for, pinned, retyped
from topology.stages.words import availability
from topology.workload import Workload

DEFAULT_HEADROOM = 0.5
"""Share of capacity kept free at the peak where the plan promises none.

Two reasons. Square-root staffing with an Erlang C model asks for 0.712 / cores^0.448 (Netflix
service-capacity-modeling, headroom strategy): 0.52 on two cores. And up to half load the formulas of the forecast
lay within 4 percent of an event simulation, while near saturation they were up to 63 percent off.
"""
MOST_SERVERS = 200
"""As many equal servers as a stage counts out by itself; more is for a person to write."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a forecast holds what is promised; `says` names what it does not hold."""

    holds: bool
    says: str = ""


def promised_headroom(promise: Promise | None) -> float:
    """The headroom that the plan promises, else the default."""
    return DEFAULT_HEADROOM if promise is None or promise.headroom is None else float(promise.headroom)


def workload_of(design: Design) -> Workload | None:
    """The workload written in the plan itself; None where it is left out or kept in another file."""
    return design.workload if isinstance(design.workload, Workload) else None


def observed_type(design: Design) -> str | None:
    """The type of the server that was observed, as the workload names it or by its number of cores."""
    workload = workload_of(design)
    seen = workload.observed if workload else None
    if seen is None:
        return None
    if seen.server_type is not None:
        return seen.server_type if seen.server_type in {*design.server_types, *KNOWN} else None
    fitting = (name for name in ladder(design) if design.server_type(name).cores >= (seen.cores or 0))
    return next(fitting, None)


def ladder(design: Design) -> tuple[str, ...]:
    """The server types to choose from, cheapest first: the plan's own where it has any, else the built-in ones."""
    own = design.server_types
    types = dict(own) if own or design.currency != BUILT_IN_CURRENCY else dict(BUILT_IN)
    used = {host.type_name: host.type for host in design.hosts}
    types = types or used
    return tuple(sorted(types, key=lambda name: _size(types[name])))


def larger(design: Design, type_name: str, resource: Resource) -> tuple[str, ...]:
    """Types with more of what is short and no less of anything, cheapest first."""
    now = design.server_type(type_name)
    return tuple(name for name in ladder(design) if _is_larger(design.server_type(name), now, resource))


def sized(design: Design, names: Iterable[str], *, at_least: str | None = None) -> Design:
    """The design with the smallest type on these servers on which they are no limit; the best there is otherwise.

    `at_least` names a type that they may not fall below. Where the plan names no workload nothing can be forecast,
    and the types stay as they are.
    """
    chosen = tuple(names)
    workload = workload_of(design)
    if workload is None or not chosen:
        return design
    best: tuple[float, Design] | None = None
    for type_name in ladder(design) if at_least is None else (at_least, *larger(design, at_least, "cpu")):
        candidate = retyped(design, dict.fromkeys(chosen, type_name))
        answer = forecast(candidate)
        worst = min(_carried(answer.host(name)) for name in chosen)
        if worst >= needed_rps(answer, promised_headroom(design.promise)):
            return candidate
        if best is None or worst > best[0]:
            best = (worst, candidate)
    return best[1] if best else design


def counted(wanted: Purpose, grow: Callable[[int], Design]) -> Design:
    """The design with the fewest servers of one purpose, two or more, on which they are no limit.

    `grow(n)` makes the design with n of them. None is added once another tier is the limit, or once one more does
    not carry more. Capacity grows a little less or more than in proportion, so the first estimate is corrected one
    server at a time.
    """
    count, design, before = 2, grow(2), -math.inf
    if workload_of(design) is None:
        return design
    smaller = design
    while count < MOST_SERVERS:
        carried, target = _load(design, wanted)
        if carried <= before:
            return smaller
        if carried >= target or carried <= 0:
            return design
        count = min(MOST_SERVERS, max(count + 1, math.floor(count * target / carried)))
        smaller, before, design = design, carried, grow(count)
    return design


def _load(design: Design, wanted: Purpose) -> tuple[float, float]:
    """What the servers of one purpose carry, and what they are asked to: the need, or what the others carry."""
    answer = forecast(design)
    members = {host.name for host in hosts_for(design, wanted)}
    carried = min(_carried(host) for host in answer.hosts if host.name in members)
    others = min((_carried(host) for host in answer.hosts if host.name not in members), default=math.inf)
    return carried, min(others, needed_rps(answer, promised_headroom(design.promise)))


def needed_rps(answer: Forecast, headroom: float) -> float:
    """The capacity that leaves this headroom at the offered rate, requests per second."""
    return answer.offered_rps / (1 - headroom)


def verdict(answer: Forecast, promise: Promise | None, *, factor: float = 1.0) -> Verdict:
    """Whether the promise holds at `factor` times the offered rate: memory, headroom, response time, availability."""
    broken = list(_broken(answer, promise, factor))
    return Verdict(holds=not broken, says="; ".join(broken))


def _broken(answer: Forecast, promise: Promise | None, factor: float) -> Iterator[str]:
    swapping = [host for host in answer.hosts if host.memory.swaps]
    for host in swapping:
        yield f"{host.name} needs {host.memory.used:,.0f} MiB of memory and has {host.memory.total:,.0f}"
    needed = needed_rps(answer, promised_headroom(promise)) * factor
    if not swapping and answer.capacity_rps.value < needed:
        yield f"it carries {digits(answer.capacity_rps.value)} requests/s and {digits(needed)} are needed"
    if promise is not None:
        yield from _broken_promise(answer, promise)


def _broken_promise(answer: Forecast, promise: Promise) -> Iterator[str]:
    p95 = answer.latency_ms.get("p95")
    if promise.p95_ms is not None and p95 is not None and p95.value > promise.p95_ms:
        yield f"95 % of the answers take up to {p95.value:.0f} ms and {promise.p95_ms:g} ms are promised"
    if promise.availability is not None and answer.availability.value < promise.availability:
        reached, promised = availability(answer.availability.value), availability(promise.availability)
        yield f"availability is {reached} and {promised} is promised"


def seen_on(workload: Workload, design: Design) -> Workload:
    """The workload with the type of the observed server named, so that larger servers do not change what was seen."""
    seen = workload.observed
    if seen is None or seen.server_type is not None or seen.cores is not None:
        return workload
    host = next(iter(hosts_for(design, "web")), design.hosts[0])
    return workload.model_copy(update={"observed": seen.model_copy(update={"server_type": host.type_name})})


def resized(design: Design, workload: Workload) -> Iterator[Design]:
    """The same layout on larger servers: each time the tier that breaks first gets the next type with more of it.

    Memory that does not fit comes first, since capacity means nothing while a server swaps.
    """
    design = pinned(design)
    while True:
        short = _shortage(forecast(design, workload))
        members = [host for host in design.hosts if short and host.tier == short[0]]
        types = larger(design, members[0].type_name, short[1]) if short and members else ()
        if not types:
            return
        design = retyped(design, {host.name: types[0] for host in members})
        yield design


def _shortage(answer: Forecast) -> tuple[str, Resource] | None:
    """The tier that breaks first, and what it is short of."""
    swapping = next((host.tier for host in answer.hosts if host.memory.swaps), None)
    if swapping is not None:
        return swapping, "memory"
    return (answer.breaks_first.tier, answer.breaks_first.resource) if answer.breaks_first else None


def _carried(host: HostForecast) -> float:
    if host.memory.swaps:
        return 0.0
    return math.inf if host.max_rps is None else host.max_rps


def _size(kind: ServerType) -> tuple[float, int, int]:
    return (math.inf if kind.price_month is None else float(kind.price_month), kind.cores, kind.ram_mib)


def _is_larger(kind: ServerType, now: ServerType, resource: Resource) -> bool:
    rates = (float(now.network_mbit or 0), float(kind.network_mbit or math.inf))
    more = {"memory": (now.ram_mib, kind.ram_mib), "network": rates}
    no_less = kind.cores >= now.cores and kind.ram_mib >= now.ram_mib and kind.speed >= now.speed
    short, wanted = more.get(resource, (now.cores * now.speed, kind.cores * kind.speed))
    return no_less and rates[1] >= rates[0] and wanted > short
