"""What a reader must know before trusting a figure, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topology.capacity.answer import HostForecast, Number, Resource
from topology.capacity.basis import Guessed
from topology.capacity.loads import Network
from topology.capacity.words import digits, percent
from topology.components import FILES
from topology.workload import Workload

WORTH_SAYING = 0.005
LEFT_OUT = "Not counted: writes to disks, TLS handshakes, and connections that slow clients hold open."


def notes_of(
    network: Network,
    workload: Workload,
    hosts: Sequence[HostForecast],
    *,
    capacity: Number,
    doubt: Guessed,
    answered: bool,
) -> tuple[str, ...]:
    """The notes of a forecast; `answered` where a response time is given."""
    found = [
        *_refusals(network, hosts),
        *_split_data(network),
        *_overload(workload, capacity, answered=answered),
        *_doubts(workload, doubt),
        *_memory(network, hosts),
        *_unknown(network),
        *_fetched(network),
        LEFT_OUT,
    ]
    return tuple(found)


def _refusals(network: Network, hosts: Sequence[HostForecast]) -> Iterator[str]:
    swapping = [host for host in hosts if host.memory.swaps]
    if swapping:
        use = swapping[0].memory
        yield (
            f"{_named(network, swapping)} would swap: {use.used:,.0f} MiB are needed and {use.total:,.0f} MiB are"
            " there. No capacity is claimed for a site that swaps."
        )
    refusing = [h for h in hosts if "connections" in h.utilisation and h.max_rps == 0 and not h.memory.swaps]
    if refusing:
        yield (
            f"{_named(network, refusing)} permits fewer connections than its clients may open, so that some are"
            " refused at any rate. No capacity is claimed."
        )


def _split_data(network: Network) -> Iterator[str]:
    keepers = network.cluster.hosts_offering("sql")
    if len(keepers) > 1:
        names, count = ", ".join(host.name for host in keepers[:4]), network.cluster.count("sql")
        yield (
            f"{count} servers keep a database of their own ({names}): each takes other writes, so these figures"
            " are of a site that falls apart, and no bundle is made of it. Leave the database on one of them."
        )


def _overload(workload: Workload, capacity: Number, *, answered: bool) -> Iterator[str]:
    if capacity.value <= 0:
        return
    if workload.peak.mid >= capacity.value:
        yield (
            f"The peak of {digits(workload.peak.mid)} requests/s is more than this design carries; no response time is"
            " given, since queues would grow without end."
        )
    elif not answered:
        yield "The peak is so near to what this design carries that no response time can be given."
    elif workload.peak.high >= capacity.low:
        yield (
            f"If requests cost what they may cost at most, the peak is more than this design carries"
            f" ({digits(capacity.low)} requests/s)."
        )


def _doubts(workload: Workload, doubt: Guessed) -> Iterator[str]:
    if not workload.classes:
        yield "The workload names no classes of requests: every request is taken for a page, which is a guess."
    if doubt.share >= WORTH_SAYING:
        yield f"{percent(doubt.share)} of this answer rests on guesses: {_way_out(workload, doubt.about)}."
    if workload.observed is None:
        yield "Nobody has said how busy the running server was, so no figure is checked against it."
    if workload.source is not None and workload.source.confidence == "thin":
        why = f": {workload.source.why}" if workload.source.why else ""
        yield f"The log is thin, and so is its peak{why}."


def _way_out(workload: Workload, resource: Resource) -> str:
    if resource == "network":
        return "read the sizes of the answers from an access log"
    if resource == "disk":
        return "say how large the database is (`database_gib`), or how long a request reads from its disk (`disk_ms`)"
    if resource == "memory":
        return "see how much memory the running programs take"
    if workload.observed is None:
        return "say how busy the server was at the log's peak hour (`observed` in the workload), and they are fitted"
    return "measure what these requests cost"


def _memory(network: Network, hosts: Sequence[HostForecast]) -> Iterator[str]:
    tight = [host for host in hosts if host.memory.high > host.memory.total and not host.memory.swaps]
    if tight:
        use = tight[0].memory
        yield (
            f"{_named(network, tight)} may need up to {use.high:,.0f} MiB of memory and has {use.total:,.0f} MiB:"
            " watch it, or take more."
        )


def _unknown(network: Network) -> Iterator[str]:
    types = {host.type_name for host in network.hosts.values() if host.type.network_mbit is None}
    if types:
        yield f"The network rate of the type {sorted(types)[0]} is not known, so its network card is no limit here."
    external = {item.kind for item in network.cluster.design.externals}
    if not network.cluster.hosts_offering("sql") and external & {"postgresql", "sql", "mysql", "database"}:
        yield "The database is run by others: what it carries is not forecast."
    elif not network.cluster.hosts_offering("sql"):
        yield "No database stands in this plan: its work is not counted."


def _fetched(network: Network) -> Iterator[str]:
    """Files that lie on another server: what is fetched of them depends on the memory of those who ask."""
    serving = {host for kind, route in network.routes.items() if kind in FILES for host, _ in route.visits}
    edges = [e for e in network.cluster.edges if e.endpoint.service == "nfs" and e.client in serving and not e.local]
    if edges:
        yield (
            f"What {edges[0].client} fetches of its files from {edges[0].server} is not counted: it keeps the popular"
            " ones in its memory."
        )


def _named(network: Network, hosts: Sequence[HostForecast]) -> str:
    more = sum(network.servers(host.name) for host in hosts) - 1
    return hosts[0].name + (f" (and {more} more like it)" if more else "")
