"""What a check is: a look at a design and at what its files say, that ends in findings with their fixes."""

from __future__ import annotations

import configparser
import inspect
import sys
from abc import ABC
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Literal

from topology.capacity import Forecast
from topology.components import (
    LOOPBACK,
    NOTHING,
    PUBLIC,
    Cluster,
    ConfigFile,
    DjangoFacts,
    Edge,
    Placed,
    Reading,
    Target,
    Texts,
)
from topology.design import Design, Site, TierwrightError
from topology.practice import Practice, Waiver

Level = Literal["error", "warning", "advice"]
State = Literal["fails", "unknown", "waived"]
UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError),
    *(TierwrightError, configparser.Error),
)
"""What parsers raise where a file says something that is not of its kind."""
LEVELS: tuple[Level, ...] = ("error", "warning", "advice")
"""The gravest first. An error stops an export."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong with a design or its files, or that nobody said, with the way out."""

    check: str
    """Name of the check."""
    level: Level
    where: str
    """Place, in words that a waiver may name: `web1 nginx`, `web1 nginx to app1 gunicorn`, `site newspaper`."""
    says: str
    """What is wrong, a sentence with the two values that do not fit."""
    fix: str
    """The way out, a sentence."""
    state: State = "fails"
    """`unknown` where nobody said what the check would have to know."""
    waived_by: str = ""
    """Who takes it on; the reason is beside it."""
    reason: str = ""

    def waived(self, waiver: Waiver) -> Finding:
        """The same, taken on by somebody."""
        return replace(self, state="waived", waived_by=waiver.by, reason=waiver.reason)

    @property
    def stops(self) -> bool:
        """It keeps a bundle from being made."""
        return self.level == "error" and self.state != "waived"

    def document(self) -> dict[str, str]:
        """The plain data of `findings --json` and of reports/rules.json."""
        fixed = {"check": self.check, "level": self.level, "where": self.where, "says": self.says, "fix": self.fix}
        waived = {"waived_by": self.waived_by, "reason": self.reason} if self.state == "waived" else {}
        return {**fixed, "state": self.state, **waived}


class Check(ABC):
    """A rule. One instance a module; the module's docstring is what people read, and it ends with the fix."""

    title: ClassVar[str]
    """The rule as a short sentence without a full stop."""
    level: ClassVar[Level] = "error"
    """Of what it finds, where a finding does not say otherwise."""
    rules: ClassVar[tuple[str, ...]] = ()
    """Numbers of the list of rules in docs/checks.md, such as R10."""

    @property
    def name(self) -> str:
        """The module's name with hyphens; waivers and reports name the check by it."""
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    @property
    def text(self) -> str:
        """What people read: the module's docstring."""
        return inspect.cleandoc(sys.modules[type(self).__module__].__doc__ or "")

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Everything that it finds; nothing where it has nothing to say."""
        raise NotImplementedError

    def finding(self, where: str, says: str, fix: str, *, level: Level | None = None) -> Finding:
        """A finding of this check, of its own level where no other is given."""
        return Finding(check=self.name, level=level or self.level, where=where, says=says, fix=fix)

    def unknown(self, where: str, says: str, fix: str, *, level: Level = "advice") -> Finding:
        """A finding that nobody said what the check would have to know."""
        return Finding(check=self.name, level=level, where=where, says=says, fix=fix, state="unknown")


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A role whose files cannot be written or read back, and why."""

    placed: Placed
    says: str


@dataclass(frozen=True, eq=False)
class Sight:
    """All that a check may look at: the design resolved, every file, what the files say, and the forecast."""

    cluster: Cluster
    forecast: Forecast | None = None
    """None where nobody said what is asked of the sites."""
    changed: Mapping[str, Texts] = field(default_factory=dict)
    """Host -> path -> text, in place of what the components write: files as somebody found them on a server."""

    @property
    def design(self) -> Design:
        """The design."""
        return self.cluster.design

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Every role on every host."""
        return self.cluster.placed

    @cached_property
    def files(self) -> Mapping[str, Mapping[str, ConfigFile]]:
        """Host -> path -> file, for every host; without the files of a role that refuses to write them."""
        return {
            host: {config.path: self._current(host, config) for placed in roles for config in self._written[placed.key]}
            for host, roles in self.cluster.by_host.items()
        }

    @cached_property
    def texts(self) -> Mapping[str, Texts]:
        """Host -> path -> text."""
        return {host: {path: config.text for path, config in files.items()} for host, files in self.files.items()}

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every role whose files cannot be written, or cannot be read back."""
        for placed in self.placed:
            self.reading(placed)
        return tuple(self._refused.values())

    def reading(self, placed: Placed) -> Reading:
        """What the files of a role say, read once; nothing where they cannot be read."""
        if placed.key not in self._readings:
            self._readings[placed.key] = self._read(placed)
        return self._readings[placed.key]

    def readings(self) -> Iterator[tuple[Placed, Reading]]:
        """Every role with what its files say."""
        for placed in self.placed:
            yield placed, self.reading(placed)

    def edges(self, *services: str) -> Iterator[tuple[Edge, Placed, Placed]]:
        """Every connection between two roles with both its ends, the public's left out; of these services only."""
        for edge in self.cluster.edges:
            if edge.client != PUBLIC and (not services or edge.endpoint.service in services):
                yield edge, self._role(edge.client, edge.client_role), self._role(edge.server, edge.server_role)

    def clients(self, placed: Placed, *services: str) -> Iterator[tuple[Edge, Placed]]:
        """Who connects to a role, the public left out."""
        for edge in self.cluster.edges_to(placed.host.name, *services):
            if edge.server_role == placed.role.name and edge.client != PUBLIC:
                yield edge, self._role(edge.client, edge.client_role)

    def servers(self, placed: Placed, *services: str) -> Iterator[tuple[Edge, Placed]]:
        """To whom a role connects: the providers along its edges."""
        for edge in self.cluster.edges_from(placed, *services):
            yield edge, self._role(edge.server, edge.server_role)

    def offering(self, *services: str) -> tuple[Placed, ...]:
        """Every role that has an endpoint of one of these services."""
        found = {o.placed.key: o.placed for service in services for o in self.cluster.providers(service)}
        return tuple(found.values())

    def offers(self, placed: Placed, service: str) -> bool:
        """Whether a role has an endpoint of this service."""
        return any(endpoint.service == service for endpoint in self.cluster.endpoints_of(placed))

    def at(self, address: str, *services: str) -> Iterator[Placed]:
        """The roles that offer one of these services on the host with this address."""
        return (placed for placed in self.offering(*services) if placed.host.address == address)

    def host_at(self, placed: Placed, address: str) -> str | None:
        """The host that a role's file means by an address or a name; None where no server of the plan has it."""
        if address in (LOOPBACK, "localhost", ""):
            return placed.host.name
        return self._named.get(address)

    @cached_property
    def _named(self) -> Mapping[str, str]:
        """Address or name -> name of the host."""
        hosts = self.design.hosts
        return {**{host.name: host.name for host in hosts}, **{host.address: host.name for host in hosts}}

    def databases_of(self, placed: Placed) -> Iterator[Placed]:
        """The databases that a role reaches, by a pool or without."""
        for _, server in self.servers(placed, "sql", "pool"):
            if self.offers(server, "pool"):
                yield from (behind for _, behind in self.servers(server, "sql"))
            else:
                yield server

    def targets(self, client: Placed, edge: Edge) -> Iterator[Target]:
        """Those of a role's targets, as its files name them, that are the server of this connection."""
        address = self.cluster.host(edge.server).address
        for target in self.reading(client).targets:
            if target.socket is not None:
                same = target.socket == edge.endpoint.socket
            else:
                local = edge.local and target.address in (LOOPBACK, "localhost")
                same = target.port == edge.endpoint.port and (local or target.address in (address, edge.server))
            if same:
                yield target

    def opened_to(self, clients: Iterable[tuple[Edge, Placed]]) -> int:
        """Connections that these clients may hold open to one server, as their files say, else as the design does."""
        return sum(
            self.reading(client).opens.get(edge.endpoint.service, edge.connections) * edge.fan_in
            for edge, client in clients
        )

    def django(self) -> Iterator[tuple[Placed, DjangoFacts]]:
        """What the settings of every site say, on every server that has them."""
        for placed, reading in self.readings():
            for facts in reading.django:
                yield placed, facts

    def settings(self) -> Iterator[tuple[Site, DjangoFacts, Placed]]:
        """What the settings of every site say, the same on several servers once, with the first of them."""
        yield from self._settings

    @cached_property
    def _settings(self) -> tuple[tuple[Site, DjangoFacts, Placed], ...]:
        return tuple(self._distinct_settings())

    def _distinct_settings(self) -> Iterator[tuple[Site, DjangoFacts, Placed]]:
        seen: set[DjangoFacts] = set()
        for placed, facts in self.django():
            if facts not in seen:
                seen.add(facts)
                yield self.site(facts.site), facts, placed

    def site(self, name: str) -> Site:
        """The site of that name; KeyError when there is none."""
        return {site.name: site for site in self.design.sites}[name]

    @cached_property
    def app_servers(self) -> int:
        """Servers that run Python code of the sites."""
        return self.cluster.count("app")

    def beside(self, placed: Placed) -> Iterator[tuple[Placed, Reading]]:
        """The other roles of the same host with what their files say."""
        for other in self.cluster.by_host[placed.host.name]:
            if other.key != placed.key:
                yield other, self.reading(other)

    def says(self, site: Site) -> Practice:
        """What people say of a site's own settings; all of it unknown where nobody said anything."""
        return site.says or Practice()

    @cached_property
    def _readings(self) -> dict[tuple[str, str], Reading]:
        return {}

    @cached_property
    def _refused(self) -> dict[tuple[str, str], Refusal]:
        return {}

    @cached_property
    def _written(self) -> Mapping[tuple[str, str], tuple[ConfigFile, ...]]:
        return {placed.key: self._write(placed) for placed in self.placed}

    @cached_property
    def _roles(self) -> Mapping[tuple[str, str], Placed]:
        return {placed.key: placed for placed in self.placed}

    def _role(self, host: str, role: str) -> Placed:
        return self._roles[host, role]

    def _current(self, host: str, config: ConfigFile) -> ConfigFile:
        text = self.changed.get(host, {}).get(config.path)
        return config if text is None else replace(config, text=text)

    def _write(self, placed: Placed) -> tuple[ConfigFile, ...]:
        try:
            return self.cluster.files_of(placed)
        except TierwrightError as error:
            self._refused[placed.key] = Refusal(placed=placed, says=error.sentence)
            return ()

    def _read(self, placed: Placed) -> Reading:
        texts = self.texts[placed.host.name]  # writes the files, so a refusal to write is known first
        if placed.key in self._refused:
            return NOTHING
        try:
            return placed.component.read(placed, texts)
        except UNREADABLE as error:
            says = f"its files cannot be read back: {type(error).__name__}: {error}"
            self._refused[placed.key] = Refusal(placed=placed, says=says)
            return NOTHING


def place_of(placed: Placed) -> str:
    """A role in its place, as findings and waivers name it."""
    return f"{placed.host.name} {placed.role.name}"


def between(client: Placed, server: Placed) -> str:
    """A connection, as findings and waivers name it."""
    return f"{place_of(client)} to {place_of(server)}"


def site_place(site: Site) -> str:
    """A site, as findings and waivers name it."""
    return f"site {site.name}"


def seconds(value: float) -> str:
    """A time for a sentence."""
    return f"{value:g} s"
