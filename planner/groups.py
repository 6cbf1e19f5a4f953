"""Equal servers as one row: a thousand of them are read at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from topology.capacity import Forecast, HostForecast, Number, Resource, Servers
from topology.components import catalogue
from topology.design import Design, Tier
from topology.diagrams import hue_of
from topology.diff import listing

MANY = 60
"""Names beyond which only the first and the last are said."""
WORDS: Mapping[Resource, str] = {
    "cpu": "CPU", "memory": "memory", "network": "network", "workers": "workers", "connections": "connections",
    "disk": "disk",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ServerGroup:
    """Servers of one tier that are alike in everything that the forecast says of them."""

    names: tuple[str, ...]
    tier: str
    hue: int
    host: HostForecast
    """Any of them."""
    is_first: bool
    """Whether one of them gives first."""

    @property
    def says(self) -> str:
        """Their names as a person lists them."""
        if len(self.names) <= MANY:
            return listing(self.names)
        return f"{self.names[0]} to {self.names[-1]}"

    @property
    def cpu(self) -> Number | None:
        """Busy share of the CPU at the peak."""
        return self.host.utilisation.get("cpu")

    @property
    def others(self) -> tuple[tuple[str, Number], ...]:
        """The other resources that are known: their words and their share in use."""
        return tuple((WORDS[name], number) for name, number in self.host.utilisation.items() if name != "cpu")


def groups_of(found: Forecast, design: Design) -> tuple[ServerGroup, ...]:
    """The servers of a forecast, equal ones together, in the order of the plan."""
    hues = hues_of(design)
    together: dict[tuple[object, ...], tuple[HostForecast, list[str]]] = {}
    for host, names in _alike(found.hosts):
        together.setdefault(_likeness(host), (host, []))[1].extend(names)
    first = found.breaks_first.server if found.breaks_first else ""
    return tuple(
        ServerGroup(
            names=tuple(names), tier=host.tier, hue=hues.get(host.tier, 8), host=host, is_first=first in names
        )
        for host, names in together.values()
    )  # fmt: skip


def _alike(hosts: Sequence[HostForecast]) -> Iterable[tuple[HostForecast, tuple[str, ...]]]:
    """Servers with the names of those that the engine itself took together."""
    return hosts.alike() if isinstance(hosts, Servers) else [(host, (host.name,)) for host in hosts]


def hues_of(design: Design) -> dict[str, int]:
    """The hue of every tier, as in drawings."""
    return {tier.name: _hue(tier) for tier in design.tiers}


def roles_of(tier: Tier) -> tuple[str, ...]:
    """The roles that any server of a tier has, as the plan writes them."""
    roles = dict.fromkeys(role.name for role in tier.roles)
    if isinstance(tier.servers, tuple):
        roles.update(dict.fromkeys(role.name for server in tier.servers for role in server.roles or ()))
    return tuple(roles)


def services_of(tier: Tier) -> tuple[str, ...]:
    """What the servers of a tier may offer, by their written roles."""
    by_role = catalogue().by_role
    return tuple(s for name in roles_of(tier) if name in by_role for s in by_role[name].offers.get(name, ()))


def _hue(tier: Tier) -> int:
    return hue_of(services_of(tier)).number


def _likeness(host: HostForecast) -> tuple[object, ...]:
    used = tuple((name, round(number.value, 6)) for name, number in host.utilisation.items())
    full = None if host.max_rps is None else round(host.max_rps, 3)
    return host.tier, used, full, round(host.memory.used, 1), host.memory.total
