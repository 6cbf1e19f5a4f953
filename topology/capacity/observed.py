"""The server that was observed: the site's roles on one machine, and what is predicted beside what was seen."""

from __future__ import annotations

from topology.capacity.answer import Today
from topology.capacity.loads import Network, network_of
from topology.capacity.memory import memory_use, taken_on
from topology.capacity.uncertainty import spread
from topology.capacity.words import digits, percent
from topology.components import Cluster
from topology.design import Host, Role, Server, Tier
from topology.errors import Place, TierwrightError
from topology.hardware import ServerType
from topology.workload import Observation, Workload

RUNS: tuple[str, ...] = ("web", "app", "sql")
"""Services of a site on one server."""
TYPE_NAME = "observed"
_NAME = "observed-server"


def observed_network(cluster: Cluster, seen: Observation, workload: Workload) -> Network:
    """The network of the site on the observed server; raises TierwrightError where it cannot be made up."""
    machine = _machine(cluster, seen)
    tier = Tier(name=_NAME, servers=(Server(name=_NAME, type=TYPE_NAME),), roles=_roles(cluster))
    types = {**cluster.design.server_types, TYPE_NAME: machine}
    design = cluster.design.model_copy(update={"tiers": (tier,), "server_types": types})
    alone = Cluster(design=design, workload=workload, components=cluster.components, limits=cluster.limits)
    return network_of(alone, workload)


def today_of(
    network: Network, seen: Observation, *, busy: tuple[float, ...], before: float | None, fitted_ms: float
) -> Today:
    """Predicted beside seen. `busy` in all worlds; `before` the fit, where there was one."""
    predicted = spread(busy, unit="share", why="rate * CPU seconds a request / cores")
    [host] = network.hosts.values()
    says = [
        f"We predict {percent(predicted.value)} CPU at {digits(seen.requests_per_second)} requests/s on {_size(host)};"
        f" you saw {percent(seen.cpu_share)}."
    ]
    if before is not None:
        says.append(
            f"A dynamic request is taken to cost {digits(fitted_ms)} ms of CPU for that; the table alone would have"
            f" predicted {percent(before)}."
        )
    if seen.ram_used_mib is not None:
        use = memory_use(taken_on(network.cluster.by_host[host.name]), host.type.ram_mib)
        says.append(f"Memory: we predict {use.used:,.0f} MiB in use; you saw {seen.ram_used_mib:,} MiB.")
    return Today(predicted_cpu=predicted, observed_cpu=float(seen.cpu_share), says=" ".join(says))


def _size(host: Host) -> str:
    cores = host.type.cores
    return "one core" if cores == 1 else f"{cores} cores"


def _machine(cluster: Cluster, seen: Observation) -> ServerType:
    first = _first_with_app(cluster).type
    if seen.server_type is not None:
        try:
            return cluster.design.server_type(seen.server_type)
        except KeyError:
            raise TierwrightError(
                f"no server type is called {seen.server_type}; write it under server_types, or the number of cores",
                place=Place(path="workload.observed.server_type"),
            ) from None
    if seen.cores is None:
        return first
    return ServerType(cores=seen.cores, ram_mib=first.ram_mib)


def _first_with_app(cluster: Cluster) -> Host:
    """The first server that runs the site's code."""
    return next(iter(cluster.hosts_offering("app")), cluster.design.hosts[0])


def _roles(cluster: Cluster) -> tuple[Role, ...]:
    """The first role of the plan for each service, with its settings."""
    found: dict[str, Role] = {}
    for service in RUNS:
        for host in cluster.design.hosts:
            offering = [role for role in host.roles if service in _may_offer(cluster, role.name)]
            if offering:
                found.setdefault(offering[0].name, offering[0])
                break
    return tuple(found.values())


def _may_offer(cluster: Cluster, role: str) -> tuple[str, ...]:
    component = cluster.components.get(role)
    return () if component is None else component.offers.get(role, ())
