"""The Design: a site's servers, tiers and roles as one frozen value."""

from __future__ import annotations

import ipaddress
import keyword
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_serializer, model_validator

from topology.errors import Place, TierwrightError
from topology.fields import AbsPath, Address, Domain, Dotted, Network, Number, Slug, Text, UrlPath, Word
from topology.hardware import KNOWN, ServerType, TypeName
from topology.practice import Practice, Waiver
from topology.value import Value, form_of
from topology.workload import Workload

__all__ = [
    "MOST_SERVERS", "App", "Design", "External", "Host", "Networks", "Place", "Promise", "Role", "Server",
    "ServerCount", "Setting", "Site", "Stack", "System", "Tier", "TierwrightError", "WorkloadFile", "server_names",
]  # fmt: skip

MOST_SERVERS = 5000
"""As many as one tier may have."""
FIRST_HOST = 11
"""The tenth address of the network is left to a virtual address, the first ones to routers."""
TAKEN_DATABASES = frozenset({
    "all", "none", "pgbouncer", "postgres", "public", "replication", "samegroup", "samerole", "sameuser",
    "template0", "template1",
})  # fmt: skip
"""Databases, roles and words of pg_hba.conf that PostgreSQL or PgBouncer has for itself, beside every pg_ name."""


def _check_endpoint(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host, re.ASCII) or not port.isdecimal():
        raise ValueError("use host:port, such as db.example.com:5432")
    if not 1 <= int(port) <= 65535 or len(text) > 260:
        raise ValueError("the port must be from 1 to 65535")
    return text


System = Literal["debian12", "ubuntu2404"]
"""Systems for which versions and paths are known."""
Stack = Literal["today", "chapter21"]

Setting = bool | int | float | str | tuple[str, ...]
"""A setting as a plan writes it; the component that it belongs to says what it may be."""


class App(Value):
    """Where the site's code is and how it is entered."""

    wsgi: Dotted
    """WSGI module, such as mysite.wsgi."""
    settings: Dotted
    """Settings module, such as mysite.settings."""
    directory: AbsPath
    """Directory of the project on every app server."""
    asgi: Dotted | None = None
    """ASGI module, such as mysite.asgi; by default beside the WSGI module, where that is called wsgi."""


class Site(Value):
    """A Django site."""

    name: Slug
    """Name of the site, used in file and unit names."""
    domains: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=100)]
    """Public domains; the first is the main one."""
    path: UrlPath = "/"
    """URL prefix under which the site is mounted."""
    app: App | None = None
    """Code of the site; by default a project of the site's own name under /srv."""
    says: Practice | None = None
    """What its people say of the site's own settings and habits; the checks go by it."""

    @property
    def code(self) -> App:
        """The app as written, or the one that follows from the site's name."""
        module = _module_of(self.name)
        return self.app or App(wsgi=f"{module}.wsgi", settings=f"{module}.settings", directory=f"/srv/{self.name}/app")

    @property
    def root(self) -> str:
        """The directory of the site's files: static/ and media/ live in it, at the same place on every host."""
        return f"/srv/{self.name}"

    @property
    def media_domain(self) -> str:
        """The name of its files where servers of their own hold them."""
        return f"media.{self.domains[0]}"

    @property
    def database(self) -> str:
        """The name of the site's database, and of the database user that owns it."""
        name = self.name.replace("-", "_")
        return f"site_{name}" if name in TAKEN_DATABASES or name.startswith("pg_") else name


def _module_of(site: str) -> str:
    """A module for a site of that name; one that Python or Django has already would hide it."""
    module = site.replace("-", "_")
    taken = module in sys.stdlib_module_names or keyword.iskeyword(module) or module in ("django", "gunicorn")
    return f"{module}_project" if taken else module


def _frozen(settings: Any) -> Any:
    """Settings as a role keeps them: nothing written is none, and a list is a tuple."""
    if not isinstance(settings, dict):
        return {} if settings is None else settings
    return {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}


class Role(Value):
    """A role on a server: the name of a component's role and the settings that the plan writes for it."""

    name: Word
    settings: Mapping[Word, Setting] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"name": data}
        if isinstance(data, dict) and len(data) == 1 and "name" not in data:
            [(name, settings)] = data.items()
            return {"name": name, "settings": _frozen(settings)}
        if isinstance(data, dict) and not set(data) <= {"name", "settings"}:
            raise ValueError("write a role as its name, or as one key with its settings: {gunicorn: {workers: 9}}")
        return data

    @model_serializer(mode="plain")
    def _write(self) -> str | dict[str, dict[str, Any]]:
        if not self.settings:
            return self.name
        return {self.name: {k: list(v) if isinstance(v, tuple) else v for k, v in self.settings.items()}}


class Server(Value):
    """A server with a name of its own."""

    name: Slug
    """Host name."""
    type: TypeName
    """Name of its server type."""
    address: Address | None = None
    """IPv4 address; by default the next free one of the network."""
    roles: tuple[Role, ...] | None = None
    """Roles of this server alone, in place of its tier's."""
    settings: Mapping[Word, Mapping[Word, Setting]] | None = None
    """Settings for this server alone, by role, over those of its tier."""


class ServerCount(Value):
    """A number of equal servers, named after their tier: web1, web2, ..."""

    count: Annotated[int, Field(ge=1, le=MOST_SERVERS)]
    """How many."""
    type: TypeName
    """Name of their server type."""


class Tier(Value):
    """A group of servers that do the same work."""

    name: Slug
    """Name of the tier."""
    servers: Annotated[
        Annotated[ServerCount, Tag("keys")]
        | Annotated[tuple[Server, ...], Field(min_length=1, max_length=MOST_SERVERS), Tag("plain")],
        Discriminator(form_of),
    ]
    """Either a count and a type, or a list of named servers."""
    roles: tuple[Role, ...] = ()
    """What each of its servers runs."""


class Promise(Value):
    """What the site promises, against which every forecast is held."""

    p95_ms: Annotated[Number, Field(gt=0)] | None = None
    """95th percentile of the response time, milliseconds."""
    availability: Annotated[Number, Field(gt=0, lt=1)] | None = None
    """Share of requests answered."""
    headroom: Annotated[Number, Field(ge=0, lt=1)] | None = None
    """Share of capacity kept free at the peak."""


class Networks(Value):
    """The private network of the servers."""

    cidr: Network | None = None
    """Network of the servers; by default 10.0.0.0/24, or 10.0.0.0/16 above 200 servers."""
    admin_cidr: Network | None = None
    """Network from which ssh is allowed; by default the servers' own."""
    vrrp: bool | None = None
    """Whether the network carries VRRP and lets an address move between servers; few clouds do."""


class External(Value):
    """Something the site uses that is run by others."""

    name: Slug
    kind: Word
    """What it provides, such as postgresql, s3 or balancer."""
    endpoint: Annotated[str, AfterValidator(_check_endpoint)]
    """host:port."""


class WorkloadFile(Value):
    """A workload kept in a file of its own, beside the plan."""

    file: Annotated[str, Field(min_length=1, max_length=400)]
    """Path, relative to the plan file: a log, a saved workload, or the JSON of intake."""


def _workload_form(data: object) -> str:
    is_file = isinstance(data, WorkloadFile) or (isinstance(data, dict) and "file" in data)
    return "file" if is_file else "workload"


@dataclass(frozen=True, kw_only=True)
class Host:
    """A server as it stands: name, tier, type, address and its written roles, in the order of the plan."""

    name: str
    tier: str
    type_name: str
    type: ServerType
    address: str
    roles: tuple[Role, ...]


class Design(Value):
    """Everything that is decided about a site's servers; the content of a plan file."""

    tierwright: Literal[1]
    """Version of the plan file."""
    name: Slug
    """Name of the plan."""
    sites: Annotated[tuple[Site, ...], Field(min_length=1, max_length=50)]
    """The sites that the servers carry."""
    workload: (
        Annotated[
            Annotated[Workload, Tag("workload")] | Annotated[WorkloadFile, Tag("file")], Discriminator(_workload_form)
        ]
        | None
    ) = None
    """What is asked of the sites, or the file that says so."""
    promise: Promise | None = None
    """What the sites promise."""
    system: System = "debian12"
    """What the servers run; a program that it does not bring is refused."""
    stack: Stack = "today"
    """The programs that a stage adds where the plan names none: today's, or those of the Django Book's chapter 21."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    """Currency of the prices, ISO 4217."""
    server_types: Mapping[TypeName, ServerType] = Field(default_factory=dict)
    """Server types of this plan, beside the built-in ones and those of the catalogue."""
    network: Networks | None = None
    """The servers' network."""
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=100)]
    """Tiers, from the public side inwards."""
    externals: Annotated[tuple[External, ...], Field(max_length=100)] = ()
    """What the site uses that is run by others."""
    waivers: Annotated[tuple[Waiver, ...], Field(max_length=200)] = ()
    """Findings that somebody takes on, with reason and name; they stay visible."""
    notes: Text = ""
    """Free text for people; it never reaches a configuration file."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values; what was worked out for the original (hosts, cidr) is worked out anew."""
        copy = super().model_copy(update=update, deep=deep)
        for name in ("hosts", "cidr"):
            copy.__dict__.pop(name, None)
        return copy

    def server_type(self, name: str) -> ServerType:
        """The plan's own type of that name, else the built-in or the catalogue's; KeyError when there is none."""
        return self.server_types.get(name) or KNOWN[name]

    def servers_by_type(self) -> Mapping[str, int]:
        """How many servers there are of each type, by its name."""
        found: Counter[str] = Counter()
        for tier in self.tiers:
            if isinstance(tier.servers, ServerCount):
                found[tier.servers.type] += tier.servers.count
            else:
                found.update(server.type for server in tier.servers)
        return found

    def tier(self, name: str) -> Tier:
        """The tier of that name; KeyError when there is none."""
        for tier in self.tiers:
            if tier.name == name:
                return tier
        raise KeyError(name)

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """Every server with its address, in the order of the plan."""
        return tuple(_resolve_hosts(self))

    @cached_property
    def cidr(self) -> ipaddress.IPv4Network:
        """The servers' network, as written or by their number."""
        written = self.network.cidr if self.network else None
        count = sum(len(server_names(tier)) for tier in self.tiers)
        return ipaddress.IPv4Network(written or ("10.0.0.0/24" if count <= 200 else "10.0.0.0/16"))

    @property
    def admin_cidr(self) -> str:
        """The network that may reach ssh."""
        written = self.network.admin_cidr if self.network else None
        return written or str(self.cidr)


def server_names(tier: Tier) -> tuple[str, ...]:
    """The names of a tier's servers, in order."""
    if isinstance(tier.servers, ServerCount):
        return tuple(f"{tier.name}{number}" for number in range(1, tier.servers.count + 1))
    return tuple(server.name for server in tier.servers)


def _servers(tier: Tier) -> Iterator[Server]:
    if isinstance(tier.servers, ServerCount):
        kind = tier.servers.type
        yield from (Server(name=name, type=kind) for name in server_names(tier))
    else:
        yield from tier.servers


def _resolve_hosts(design: Design) -> Iterator[Host]:
    pairs = [(tier, server) for tier in design.tiers for server in _servers(tier)]
    taken = {server.address for _, server in pairs if server.address}
    free = _free_addresses(design, taken)
    for tier, server in pairs:
        yield Host(
            name=server.name,
            tier=tier.name,
            type_name=server.type,
            type=design.server_type(server.type),
            address=server.address or _next_address(free, design),
            roles=_roles(tier, server),
        )


def _free_addresses(design: Design, taken: set[str]) -> Iterator[str]:
    network = design.cidr
    first = int(network.network_address) + (FIRST_HOST if network.prefixlen <= 27 else 1)
    for number in range(first, int(network.broadcast_address)):
        address = str(ipaddress.IPv4Address(number))
        if address not in taken:
            yield address


def _next_address(free: Iterator[str], design: Design) -> str:
    address = next(free, None)
    if address is None:
        raise TierwrightError(
            f"the network {design.cidr} has too few addresses for the servers of this plan; write a larger one",
            place=Place(path="network.cidr"),
        )
    return address


def _roles(tier: Tier, server: Server) -> tuple[Role, ...]:
    roles = tier.roles if server.roles is None else server.roles
    overrides = server.settings
    if not overrides:
        return roles
    return tuple(Role(name=role.name, settings={**role.settings, **overrides.get(role.name, {})}) for role in roles)
