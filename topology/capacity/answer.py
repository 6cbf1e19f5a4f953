"""The forecast: what a design carries, as typed numbers that say how each was got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from topology.workload import Kind

Class = Literal["exact", "approximate", "simulated"]
Resource = Literal["cpu", "disk", "network", "workers", "connections", "memory"]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A predicted number with its range and how it was got."""

    value: float
    low: float
    high: float
    kind: Class
    unit: str
    why: str = ""
    """The formula and facts behind it, for a person."""

    def document(self) -> dict[str, Any]:
        """The JSON form that others build on."""
        fixed = {"value": self.value, "low": self.low, "high": self.high, "class": self.kind, "unit": self.unit}
        return {**fixed, "why": self.why} if self.why else fixed


@dataclass(frozen=True, kw_only=True)
class Break:
    """The first limit met as traffic grows."""

    tier: str
    server: str
    resource: Resource
    at_rps: float
    says: str
    """One sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class MemoryUse:
    """Memory of a server in MiB: expected use, range, what is there, and the parts by role."""

    used: float
    low: float
    high: float
    total: float
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def share(self) -> Number:
        """Use over what is there, as a share."""
        return Number(
            value=self.used / self.total,
            low=self.low / self.total,
            high=self.high / self.total,
            kind="approximate",
            unit="share",
        )

    @property
    def swaps(self) -> bool:
        """Expected use is above what is there: capacity then means nothing."""
        return self.used > self.total


@dataclass(frozen=True, kw_only=True)
class HostForecast:
    """One server at the workload's peak."""

    name: str
    tier: str
    requests_per_second: float
    """Requests that pass here at the peak."""
    utilisation: Mapping[Resource, Number]
    """Busy share, 0 to 1, of each resource that the server has and the model knows."""
    max_rps: float | None
    """Rate of the whole site at which this server's first limit is met; None where nothing limits it."""
    memory: MemoryUse

    def named(self, name: str) -> HostForecast:
        """The same forecast of an equal server."""
        return self if name == self.name else replace(self, name=name)


@dataclass(frozen=True, kw_only=True)
class TierForecast:
    """A tier at the peak: its busiest server speaks for it."""

    name: str
    servers: int
    utilisation: Mapping[Resource, Number]
    memory: MemoryUse
    max_rps: float | None


@dataclass(frozen=True, kw_only=True)
class SinglePoint:
    """A server or thing whose loss stops the site or a part of it, and what recovery takes."""

    name: str
    tier: str
    stops: str
    """What stops, as a sentence."""
    recovery: str
    """What bringing it back takes, as a sentence."""
    kinds: tuple[Kind, ...] = ()
    """Kinds of request that are no longer answered."""


@dataclass(frozen=True, kw_only=True)
class Today:
    """The check that a forecast begins with: predicted beside seen, on the server that was observed."""

    predicted_cpu: Number
    observed_cpu: float
    says: str


@dataclass(frozen=True, kw_only=True)
class LimitDate:
    """When one limit is met as traffic grows."""

    tier: str
    server: str
    """The server of the tier that meets it first."""
    limit: Resource | Literal["headroom", "p95"]
    """A resource that is full, or a promise that no longer holds."""
    at_rps: Number
    """Rate of the whole site at which it is met."""
    factor: Number
    """The same in times of today's peak."""
    months: Number | None
    """Months from today: earliest, expected, latest, 600 for any later; None where no growth leads there."""
    says: str


@dataclass(frozen=True, kw_only=True)
class Growth:
    """How far the design is from its limit as traffic grows."""

    factor: Number
    """Times today's peak at which the first limit is met."""
    months: float | None
    """Months until then at the workload's growth; 0 where it is met already, None where it is not in sight."""
    months_to_promise: float | None
    """Months until the promised headroom is used up; None where none is promised or it is not in sight."""
    says: str
    limits: tuple[LimitDate, ...] = ()
    """Every limit of every tier, and the promised headroom, the one that is met first in front."""
    if_nothing: str = ""
    """What happens if nothing is done, as a sentence."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Monthly cost of the servers; amount is None where a price is not known or currencies are mixed."""

    amount: float | None
    currency: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What a design carries, what breaks first, and how sure that is."""

    plan_digest: str
    engine: str
    offered_rps: float
    capacity_rps: Number
    breaks_first: Break | None
    latency_ms: Mapping[Literal["mean", "p50", "p95", "p99"], Number]
    """At the offered rate; empty where the design cannot carry it."""
    availability: Number
    cost_month: Cost
    guessed_share: float
    """Share of the answer that rests on guessed inputs, 0 to 1."""
    headroom: float
    """Share of capacity left free at the peak; negative where it is exceeded, -1 where no capacity is claimed."""
    hosts: Sequence[HostForecast]
    """Every server, in the order of the plan."""
    tiers: tuple[TierForecast, ...]
    single_points: tuple[SinglePoint, ...]
    today: Today | None = None
    growth: Growth | None = None
    """None where no capacity is claimed."""
    notes: tuple[str, ...] = ()
    """What a reader must know before trusting a figure."""

    def host(self, name: str) -> HostForecast:
        """The forecast of one server; KeyError when there is none."""
        for host in self.hosts:
            if host.name == name:
                return host
        raise KeyError(name)
