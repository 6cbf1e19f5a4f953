"""The forecast of every server and tier at the peak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topology.capacity.answer import HostForecast, MemoryUse, Number, Resource, TierForecast
from topology.capacity.limits import ORDER, Limits
from topology.capacity.loads import Network
from topology.capacity.memory import Taken, memory_use
from topology.capacity.uncertainty import spread
from topology.value import Estimate

_WHY: Mapping[Resource, str] = {
    "cpu": "requests/s * CPU seconds a request / cores",
    "disk": "requests/s * seconds of the disk a request",
    "network": "bytes sent/s * 8 / sustained rate of the network card",
    "workers": "mean workers held, from accepting a request to its answer, of all workers",
    "connections": "connections that clients may hold open, of those permitted; or calls in progress, of those held",
}


def host_forecasts(
    worlds: Sequence[Limits], peak: Estimate, memory: Mapping[str, tuple[Taken, ...]]
) -> tuple[HostForecast, ...]:
    """Every server, in the order of the plan; the first world is the expected one."""
    network = worlds[0].network
    passing = _passing(worlds[0])
    found = []
    for name, host in network.hosts.items():
        use = memory_use(memory[name], host.type.ram_mib)
        found.append(
            HostForecast(
                name=name,
                tier=host.tier,
                requests_per_second=passing.get(name, 0.0) * peak.mid,
                utilisation=_utilisation(worlds, name, peak),
                max_rps=0.0 if use.swaps or over_connected(worlds[0], name) else worlds[0].full_at(name),
                memory=use,
            )
        )
    return tuple(found)


def tier_forecasts(network: Network, hosts: Sequence[HostForecast]) -> tuple[TierForecast, ...]:
    """Every tier: for each resource its busiest server, for memory its fullest."""
    by_tier: dict[str, list[HostForecast]] = {tier.name: [] for tier in network.cluster.design.tiers}
    for host in hosts:
        by_tier[host.tier].append(host)
    return tuple(
        TierForecast(
            name=name,
            servers=sum(network.servers(member.name) for member in members),
            utilisation=_busiest(members),
            memory=_fullest(members),
            max_rps=min((host.max_rps for host in members if host.max_rps is not None), default=None),
        )
        for name, members in by_tier.items()
        if members  # all of a tier may be lost
    )


def over_connected(limits: Limits, host: str) -> bool:
    """More connections are configured than the server permits: some of its clients are refused at any rate."""
    held, permitted = limits.configured.get(host, (0, 1))
    return held > permitted


def _utilisation(worlds: Sequence[Limits], host: str, peak: Estimate) -> dict[Resource, Number]:
    found: dict[Resource, Number] = {}
    for resource in ORDER:
        value = worlds[0].utilisation(host, resource, peak.mid)
        if value is not None:
            lows = [_at(world, host, resource, peak.low) for world in worlds]
            highs = [_at(world, host, resource, peak.high) for world in worlds]
            found[resource] = spread([value, *lows, *highs], unit="share", why=_WHY[resource])
    return found


def _at(world: Limits, host: str, resource: Resource, rate: float) -> float:
    return world.utilisation(host, resource, rate) or 0.0


def _passing(limits: Limits) -> dict[str, float]:
    """Requests that pass a server for one of the site: those of its busiest role, since roles hand them on."""
    found: dict[str, float] = {}
    for (host, _), visits in limits.state.visits.items():
        found[host] = max(found.get(host, 0.0), visits)
    return found


def _busiest(members: Sequence[HostForecast]) -> dict[Resource, Number]:
    found: dict[Resource, Number] = {}
    for host in members:
        for resource, number in host.utilisation.items():
            if resource not in found or number.value > found[resource].value:
                found[resource] = number
    return found


def _fullest(members: Sequence[HostForecast]) -> MemoryUse:
    return max((host.memory for host in members), key=lambda use: use.used / use.total)
