"""Where the names of the sites point before and after a change, and the steps that move them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.components import PUBLIC, Cluster
from topology.design import Host
from topology.diff import listing
from topology.stages.steps import Phase, Step, Transition, here, offering

Records = Mapping[str, tuple[str, ...]]
"""Name -> the servers at which the public enters by it."""
VIRTUAL = "the virtual address"


def naming(change: Transition) -> Iterator[Step]:
    """New names before anybody is sent to them, changed ones when everything behind them runs."""
    before = {} if change.before is None else records(change.before)
    after = records(change.after)
    servers = tuple({placed.host.name: placed.host for placed in offering(change.after, "dns")}.values())
    if servers:
        if change.gained("dns"):
            yield _delegation(change, servers)
        return
    made = {name: hosts for name, hosts in after.items() if name not in before}
    moved = {name: hosts for name, hosts in after.items() if name in before and before[name] != hosts}
    if made and change.before is not None:
        yield _made(made)
    elif made:
        moved = made
    if moved:
        yield _moved(moved, before)


def records(cluster: Cluster) -> Records:
    """Every public name of the sites and the servers that it leads to, by the edges of the design."""
    entries = _entries(cluster, "balancer", "web")
    media = _entries(cluster, "media") or entries
    names = {domain: entries for site in cluster.sites for domain in site.domains}
    if cluster.hosts_offering("media"):
        names |= {site.media_domain: media for site in cluster.sites}
    return names


def _entries(cluster: Cluster, *services: str) -> tuple[str, ...]:
    public = (e for e in cluster.edges if e.client == PUBLIC and e.endpoint.service in services)
    found = tuple(dict.fromkeys(edge.server for edge in public))
    sharing = {host.name for host in cluster.hosts_offering("vrrp")}
    return (VIRTUAL,) if sharing & set(found) else found


def _made(made: Records) -> Step:
    return Step(
        phase=Phase.FILES,
        rank=1,
        title=f"Make the name {listing(made)}",
        hosts=(),
        does=f"{_pointing(made)} With whoever keeps your zone; pages will name it from the application's step on.",
        notices="nothing: no page names it yet",
        checks=(here(*(f"dig +short {name} A" for name in made)),),
        shows="the public address that you gave",
        back="remove the record, once no page names it any more",
    )


def _moved(moved: Records, before: Records) -> Step:
    was = sorted({host for name in moved for host in before.get(name, ())})
    waiting = (
        f" Until resolvers have forgotten the old address visitors still come by {listing(was)}, which goes on"
        " serving them. A day ahead, give the records a short time to live."
        if was
        else ""
    )
    return Step(
        phase=Phase.DNS,
        rank=1,
        title=f"Send the visitors to {listing(dict.fromkeys(host for hosts in moved.values() for host in hosts))}",
        hosts=(),
        does=f"{_pointing(moved)} With whoever keeps your zone.{waiting}",
        notices="nothing: old and new way both lead to the site" if was else "the site is there",
        checks=(here(*(f"dig +short {name} A" for name in moved)),),
        shows="the public address that you gave; go on when the old way sees no more traffic",
        back=f"give the records the public address of {listing(was)} again" if was else "remove the records",
    )


def _delegation(change: Transition, servers: tuple[Host, ...]) -> Step:
    domains = tuple(dict.fromkeys(domain for site in change.after.sites for domain in site.domains))
    asked = [f"dig +short @{host.address} {domain} A" for host in servers for domain in domains]
    return Step(
        phase=Phase.DNS,
        rank=1,
        title=f"Have the names answered by {listing(host.name for host in servers)}",
        hosts=(),
        does=f"First ask the new name servers themselves. Then have the parent zone delegate {listing(domains)} to"
        " them, each with its public address, and write those addresses into the plan (bind9, public_addresses).",
        notices="nothing: until resolvers have forgotten the old records, visitors come by the old way",
        checks=(here(*asked, *(f"dig +short {domain} NS" for domain in domains)),),
        shows="the addresses of all entries from each name server, then the new name servers from anywhere",
        back="have the parent zone delegate to the old name servers again",
    )


def _pointing(names: Records) -> str:
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, hosts in names.items():
        groups.setdefault(hosts, []).append(name)
    parts = [f"{listing(group)} to {_address(hosts)}" for hosts, group in groups.items()]
    return f"Point {'; '.join(parts)}."


def _address(hosts: tuple[str, ...]) -> str:
    return hosts[0] if hosts == (VIRTUAL,) else f"the public address of {listing(hosts)}"
