"""The moves by which a stage changes a design: servers named and placed, roles put on and taken off."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from topology.components import catalogue
from topology.design import FIRST_HOST, Design, Host, Role, Server, Tier
from topology.errors import TierwrightError
from topology.stages.base import AtHand, Purpose

INWARDS: tuple[Purpose, ...] = ("balancer", "web", "media", "cache", "database")
"""Purposes from the public side inwards: the order of the tiers."""
TIERS: Mapping[Purpose, str] = {p: p for p in INWARDS}
STEMS: Mapping[Purpose, str] = {"balancer": "lb", "web": "web", "media": "media", "cache": "cache", "database": "db"}
"""Server names are the stem and a number: lb1, web2, db1."""
_MARKS: tuple[tuple[str, Purpose], ...] = (
    ("app", "web"),
    ("balancer", "balancer"),
    ("sql", "database"),
    ("sql_replica", "database"),
    ("media", "media"),
    ("nfs", "media"),
    ("cache", "cache"),
    ("vrrp", "balancer"),
    ("dns", "balancer"),
    ("web", "web"),
)
"""The first service of this list that a server offers says what it is for."""
DATABASES = ("postgresql", "mysql")
"""Kinds of externals that keep the database."""
RoleMap = Callable[[Host], Iterable[Role]]


def services(role: str) -> tuple[str, ...]:
    """What a role may offer to others."""
    component = catalogue().by_role.get(role)
    return () if component is None else component.offers.get(role, ())


def offers(host: Host) -> frozenset[str]:
    """What a server's written roles may offer."""
    return frozenset(service for role in host.roles for service in services(role.name))


def hosts_offering(design: Design, service: str) -> tuple[Host, ...]:
    """The servers that may offer a service, in the order of the plan."""
    return tuple(host for host in design.hosts if service in offers(host))


def purpose(host: Host) -> Purpose | None:
    """What a server is for; None where its roles offer nothing that a stage knows."""
    offered = offers(host)
    return next((purpose for service, purpose in _MARKS if service in offered), None)


def hosts_for(design: Design, wanted: Purpose) -> tuple[Host, ...]:
    """The servers of one purpose, in the order of the plan."""
    return tuple(host for host in design.hosts if purpose(host) == wanted)


def gather(design: Design) -> AtHand:
    """The servers, tiers and roles of a design, as what is at hand for its stages."""
    servers: dict[Purpose, list[Server]] = {}
    tiers: dict[Purpose, str] = {}
    roles: dict[str, Role] = {}
    for host in design.hosts:
        wanted = purpose(host)
        if wanted is not None:
            servers.setdefault(wanted, []).append(_server(host))
            tiers.setdefault(wanted, host.tier)
        for role in host.roles:
            for service in services(role.name):
                roles.setdefault(service, role)
    return AtHand(servers={key: tuple(items) for key, items in servers.items()}, tiers=tiers, roles=roles)


def pinned(design: Design) -> Design:
    """The same design with every server named and its address written, so that no later server moves it."""
    hosts = {host.name: host for host in design.hosts}
    return _rebuilt(design, hosts, {name: host.roles for name, host in hosts.items()})


def with_roles(design: Design, roles_of: RoleMap) -> Design:
    """The design with the roles of every server replaced."""
    hosts = {host.name: host for host in design.hosts}
    return _rebuilt(design, hosts, {name: tuple(roles_of(host)) for name, host in hosts.items()})


def without(host: Host, *names: str) -> Iterator[Role]:
    """A server's roles but those named."""
    return (role for role in host.roles if role.name not in names)


def placed(
    design: Design, wanted: Purpose, count: int, roles: Iterable[Role], *, type_name: str | None, at_hand: AtHand
) -> tuple[Design, tuple[str, ...]]:
    """The design with `count` more servers of one purpose, all with the same roles, and the names still to be sized.

    Servers at hand come first, with their names, addresses and, unless one is chosen, types. A new server takes
    the chosen type, else for now that of the purpose's first server or of the design's first.
    """
    design = pinned(design)
    tier = _tier_for(design, wanted, at_hand)
    new = list(_new_servers(design, wanted, count, type_name, at_hand))
    carrying = tuple(roles)
    if not new:
        tiers = design.tiers
    elif tier in {item.name for item in design.tiers}:
        tiers = tuple(_extended(item, new, carrying) if item.name == tier else item for item in design.tiers)
    else:
        added = Tier(name=tier, servers=tuple(new), roles=carrying)
        at = next((n for n, item in enumerate(design.tiers) if _rank(design, item) > INWARDS.index(wanted)), None)
        at = len(design.tiers) if at is None else at
        tiers = (*design.tiers[:at], added, *design.tiers[at:])
    open_ = () if type_name else tuple(server.name for server in new if server.name not in _names(at_hand))
    return design.model_copy(update={"tiers": tiers}), open_


def retyped(design: Design, types: Mapping[str, str]) -> Design:
    """The design with other server types, by server name."""
    tiers = []
    for tier in pinned(design).tiers:
        assert isinstance(tier.servers, tuple)
        servers = tuple(
            server.model_copy(update={"type": types[server.name]}) if server.name in types else server
            for server in tier.servers
        )
        tiers.append(tier.model_copy(update={"servers": servers}))
    return design.model_copy(update={"tiers": tuple(tiers)})


def _extended(tier: Tier, new: list[Server], roles: tuple[Role, ...]) -> Tier:
    assert isinstance(tier.servers, tuple)
    own = [server if roles == tier.roles else server.model_copy(update={"roles": roles}) for server in new]
    return tier.model_copy(update={"servers": (*tier.servers, *own)})


def _tier_for(design: Design, wanted: Purpose, at_hand: AtHand) -> str:
    standing = hosts_for(design, wanted)
    if standing:
        return standing[0].tier
    name = at_hand.tiers.get(wanted, TIERS[wanted])
    taken = {tier.name for tier in design.tiers}
    return name if name not in taken else _first_free(name + "-", taken)


def _rank(design: Design, tier: Tier) -> int:
    purposes = [purpose(host) for host in design.hosts if host.tier == tier.name]
    ranks = [INWARDS.index(item) for item in purposes if item is not None]
    return min(ranks, default=len(INWARDS))


def _new_servers(
    design: Design, wanted: Purpose, count: int, type_name: str | None, at_hand: AtHand
) -> Iterator[Server]:
    taken = {host.name for host in design.hosts}
    free = _free_addresses(design, at_hand)
    waiting = [server for server in at_hand.servers.get(wanted, ()) if server.name not in taken]
    like = hosts_for(design, wanted) or design.hosts
    for _ in range(count):
        if waiting:
            server = waiting.pop(0)
            yield server if type_name is None else server.model_copy(update={"type": type_name})
        else:
            name = _first_free(_stem(design, wanted), taken | _names(at_hand))
            taken.add(name)
            yield Server(name=name, type=type_name or like[0].type_name, address=_next(free, design))


def _names(at_hand: AtHand) -> set[str]:
    return {server.name for servers in at_hand.servers.values() for server in servers}


def _stem(design: Design, wanted: Purpose) -> str:
    standing = hosts_for(design, wanted)
    match = re.fullmatch(r"(.*?)\d+", standing[0].name) if standing else None
    return match[1] if match else STEMS[wanted]


def _first_free(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _free_addresses(design: Design, at_hand: AtHand) -> Iterator[str]:
    network = design.cidr
    kept = {server.address for servers in at_hand.servers.values() for server in servers}
    taken = {host.address for host in design.hosts} | kept
    first = int(network.network_address) + (FIRST_HOST if network.prefixlen <= 27 else 1)
    for number in range(first, int(network.broadcast_address)):
        address = str(ipaddress.IPv4Address(number))
        if address not in taken:
            yield address


def _next(free: Iterator[str], design: Design) -> str:
    address = next(free, None)
    if address is None:
        raise TierwrightError(f"the network {design.cidr} has no free address left; write a larger one as network.cidr")
    return address


def _server(host: Host, roles: tuple[Role, ...] | None = None) -> Server:
    if roles is None:
        return Server(name=host.name, type=host.type_name, address=host.address)
    return Server(name=host.name, type=host.type_name, address=host.address, roles=roles)


def _rebuilt(design: Design, hosts: Mapping[str, Host], roles: Mapping[str, tuple[Role, ...]]) -> Design:
    """Tiers with named servers; what most servers of a tier run is the tier's, the rest is the server's own."""
    tiers = []
    for tier in design.tiers:
        members = [host for host in hosts.values() if host.tier == tier.name]
        common = _most_common([roles[host.name] for host in members])
        servers = tuple(_server(h, None if roles[h.name] == common else roles[h.name]) for h in members)
        tiers.append(Tier(name=tier.name, servers=servers, roles=common))
    return design.model_copy(update={"tiers": tuple(tiers)})


def _most_common(sets: list[tuple[Role, ...]]) -> tuple[Role, ...]:
    keys = [tuple(role.model_dump_json() for role in roles) for roles in sets]
    [(key, _)] = Counter(keys).most_common(1)
    return sets[keys.index(key)]
