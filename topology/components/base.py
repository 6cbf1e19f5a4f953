"""What a component is: typed settings in, numbers with reasons, endpoints, needs, files and a validator out."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from topology.components.reading import NOTHING, Reading, Texts
from topology.design import Host, Role, Site
from topology.value import Estimate, Value
from topology.workload import Kind, RequestClass

if TYPE_CHECKING:
    from topology.components.cluster import Cluster

Fact = int | float | str | bool
Action = Literal["reload", "restart", "none"]
Era = Literal["chapter", "today"]
Protocols = Literal["tcp", "udp", "vrrp"]
Policy = Literal["random", "round_robin", "least_connections"]
Speech = Literal["", "http", "fastcgi", "uwsgi", "postgresql", "mysql", "memcached", "redis"]
"""What is spoken at an endpoint where its service alone does not say; empty is the service's usual one."""
Evidence = Literal["booted", "stand_in", "translated", "none"]
"""How far a component was really tried: started and asked, by a stand-in, as a translation, or not at all."""

DYNAMIC: frozenset[Kind] = frozenset({"page", "api"})
FILES: frozenset[Kind] = frozenset({"static", "media"})
EVERY_HOST = "*"
"""In `implied_by`: the component belongs on every server."""


class Settings(Value):
    """Settings of a role. Each field is optional: what is left out is derived, and says why."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a number is what it is: the formula and the facts that went into it."""

    setting: str
    value: Fact
    formula: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Something a role offers to others.

    `service` is one of our own words: web (the site's HTTP entry), media (files over HTTP), app (WSGI),
    sql, sql_replica, pool, cache, nfs, dns, balancer, vrrp. `carries` says which kinds of request go through it.
    """

    service: str
    port: int
    protocol: Protocols = "tcp"
    socket: str | None = None
    """Path of a Unix socket: reachable on the same host only, then `port` is 0."""
    carries: frozenset[Kind] = frozenset()
    public: bool = False
    """Open to the public, unless a role that fronts this service stands before it."""
    slots: int | None = None
    """Requests that it can hold at once; None where nothing limits them."""
    processes: int | None = None
    """Requests that it can compute at once: processes, since Python's threads take turns; None: as many as cores."""
    weight: float = 1.0
    """Share of the traffic that its clients send it, relative to its equals; 0 for a standby."""
    site: str = ""
    """Name of the one site that it serves; empty where it serves them all."""
    address: str = ""
    """Address at which it is reached, where that is not its host's own: a virtual address."""
    speaks: Speech = ""
    """For app: http (also where empty), fastcgi or uwsgi; for sql and pool: postgresql or mysql; for cache: memcached
    or redis. A client that cannot speak it refuses the design with a sentence."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something a role wants from others: the first of `services` that any host provides."""

    services: tuple[str, ...]
    why: str
    connections: int = 0
    """Connections that this role may hold open to each provider."""
    local_first: bool = False
    """Use only the provider on the same host where there is one."""
    fronts: bool = False
    """Stands between the public and the providers, which are then no longer public."""
    policy: Policy = "random"
    """How it spreads requests over several equal providers."""


@dataclass(frozen=True, kw_only=True)
class ConfigFile:
    """A file of a host, with its absolute path, and what to do when it changes."""

    path: str
    text: str
    owner: str = "root:root"
    mode: int = 0o644
    action: Action = "reload"
    unit: str = ""
    """The systemd unit that the action is for."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What a person does once on a host, before a role first runs there, because no file of a bundle may hold it."""

    does: str
    """What is done and why, in a sentence."""
    lines: tuple[str, ...] = ()
    """Shell lines for root, built from typed fields only, safe to paste."""
    secrets: tuple[str, ...] = ()
    """Paths of the files with secrets that come of it."""
    migrated: bool = False
    """Needs the site's tables: done after its first migration, where the others are done before."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Memory of a role on its host, in MiB, part by part."""

    parts: Mapping[str, Estimate]

    @property
    def low(self) -> float:
        """The least, in MiB."""
        return float(sum(part.low for part in self.parts.values()))

    @property
    def mid(self) -> float:
        """The expected, in MiB."""
        return float(sum(part.mid for part in self.parts.values()))

    @property
    def high(self) -> float:
        """The most, in MiB."""
        return float(sum(part.high for part in self.parts.values()))


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What one request costs where it passes: CPU milliseconds on the reference core, and bytes sent on."""

    cpu_ms: Estimate
    """Of the whole request: where it passes five times, the five passes together."""
    bytes_out: Estimate | None = None
    disk_ms: Estimate | None = None
    """Milliseconds for which the whole request keeps the host's disk busy."""
    calls: float = 1.0
    """Passes of one request: 5 for five queries."""


@dataclass(frozen=True, kw_only=True)
class Log:
    """Where a program says what happened."""

    path: str
    """A file, or `journal: UNIT`."""
    says: str
    """What is found there."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that goes wrong with this program, as a person meets it, and what to do."""

    sees: str
    does: str


@dataclass(frozen=True, kw_only=True)
class Translation:
    """What was written in 2006, and what is written today for the same; both in our own words or plain directives."""

    about: str
    then: str
    now: str
    says: str = ""
    """What is different, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a started program took in its boot, on the machine of the test: a check on the figures, not their source."""

    memory_mib: float
    """Proportional memory (PSS) of all its processes."""
    cpu_ms: float
    """CPU milliseconds a request."""
    says: str
    """What a request was, and how many were made."""


@dataclass(frozen=True, kw_only=True)
class Sizing:
    """The settings of a role with nothing left out, and the reason for each number."""

    values: Mapping[str, Any]
    reasons: tuple[Reason, ...]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class Sizer:
    """Collects the settings of a role: what the plan writes is kept, the rest is derived with its reason."""

    def __init__(self, written: Settings) -> None:
        self._written = written
        self._values: dict[str, Any] = {}
        self._reasons: list[Reason] = []

    def set(self, setting: str, derived: Fact, formula: str, **facts: Fact) -> Any:
        """Settle one setting; returns its value."""
        written = getattr(self._written, setting, None)
        if written is None:
            reason = Reason(setting=setting, value=derived, formula=formula, facts=facts)
        else:
            reason = Reason(setting=setting, value=written, formula="as written in the plan", facts={})
        self._values[setting] = reason.value
        self._reasons.append(reason)
        return reason.value

    def done(self) -> Sizing:
        """Everything settled so far."""
        return Sizing(values=dict(self._values), reasons=tuple(self._reasons))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a validator answered: accepted or not, and the words of the program."""

    accepted: bool
    says: str


@dataclass(frozen=True, kw_only=True)
class Ran:
    """The end of one program run: its exit status and everything that it printed."""

    status: int
    output: str


class Stage(Protocol):
    """A host's whole tree laid over the real one in a private namespace, where programs check it."""

    @property
    def placed(self) -> Placed:
        """The role under test."""
        ...

    def scaffold(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Add a throw-away file that the bundle does not hold, such as a certificate; before the first run."""
        ...

    def read(self, path: str) -> str:
        """The text of a file of the staged tree."""
        ...

    def run(self, argv: Sequence[str], *, seconds: float = 20, as_root: bool = True, directory: str = "/") -> Ran:
        """Run one program in the namespace, without network, within limits of time and memory."""
        ...


@dataclass(frozen=True, kw_only=True)
class Validator:
    """The real program that checks a component's files."""

    program: str
    """Its executable."""
    package: str
    """The Debian package that brings it."""
    says: str
    """What is run, as a person would type it."""
    check: Callable[[Stage], Verdict]
    """Runs it over the staged tree of one host."""
    boot: Callable[[Stage], Verdict] | None = None
    """Starts the program over the staged tree, as root in namespaces of its own, and asks it something."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A role in its place: the cluster around it, its host, its component and its written settings."""

    cluster: Cluster
    host: Host
    role: Role
    component: Component
    written: Settings

    @property
    def key(self) -> tuple[str, str]:
        """Host name and role name: unique in a cluster."""
        return (self.host.name, self.role.name)


class Component(ABC):
    """A program, and everything that follows from its place in a design. One instance a folder.

    The docstring of the folder's module is the text of the catalogue.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    roles: ClassVar[Mapping[str, str]]
    """Role names that it offers, each with a sentence."""
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Services that each role may offer, known before any endpoint is worked out."""
    era: ClassVar[tuple[Era, ...]] = ("today",)
    packages: ClassVar[Mapping[str, str]]
    """Version of its package by target system: {"debian12": "1.22.1"}; empty where it brings no program."""
    package: ClassVar[str] = ""
    """Debian package to install, space-separated where there are several."""
    settings: ClassVar[type[Settings]] = Settings
    validator: ClassVar[Validator | None] = None
    evidence: ClassVar[Evidence] = "none"
    """How far it was tried; `booted` is shown by a test that runs the validator's `boot`."""
    answer: ClassVar[str] = ""
    """What it answered in that test."""
    keeps_connections: ClassVar[bool] = True
    """Where it offers app: whether Django can keep a connection to the database for the next request."""
    measured: ClassVar[Measured | None] = None
    """What the test's start measured when it was last written down."""
    logs: ClassVar[tuple[Log, ...]] = ()
    troubles: ClassVar[tuple[Trouble, ...]] = ()
    translations: ClassVar[tuple[Translation, ...]] = ()
    """Rows of the page that sets 2006 beside today."""
    externals: ClassVar[Mapping[str, str]] = {}
    """Kinds of externals that it describes, each with a sentence; a component may have these and no role."""
    beside: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Role -> services of which one must be on the same server."""
    apart: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Role -> other roles that must not be on the same server, where ports and files do not tell already."""
    implied_by: ClassVar[frozenset[str]] = frozenset()
    """Services or roles whose presence on a host puts this component there too; EVERY_HOST for all hosts."""
    implied_where: ClassVar[frozenset[str]] = frozenset()
    """Services of which one must be somewhere in the design for `implied_by` to hold; empty: it always does."""

    names_servers: ClassVar[bool] = False
    """Whether its files only repeat the names and addresses of all servers: nobody decides about a tier by them."""

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """What it offers to others."""
        return ()

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """What it wants from others."""
        return ()

    def size(self, placed: Placed) -> Sizing:
        """Its settings with nothing left out, with reasons."""
        return Sizer(placed.written).done()

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """The files that it puts on its host; a component without a role has none."""
        return ()

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What this role's files say, read back from the files of its host; see reading.py."""
        return NOTHING

    def app_unit(self, placed: Placed, site: Site) -> str:
        """The systemd unit by which this role runs the site's Python, where it offers `app` or `jobs`.

        It is told when Django's settings change. Where one unit runs all sites, that is the answer: apache2.service.
        """
        return f"app-{site.name}.service"

    def secrets(self, placed: Placed, site: Site) -> tuple[str, ...]:
        """Names of the files in /etc/SITE/secrets that its files read for a site."""
        return ()

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """What a person does once before it first runs, in order: accounts, secrets, a copy of the data."""
        return ()

    def memory(self, placed: Placed) -> Memory:
        """Memory that it takes on its host."""
        return Memory(parts={})

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """Cost of one request of this class that passes here; None where it costs nothing worth counting."""
        return None

    @property
    def folder(self) -> Path:
        """The component's folder, with its templates and cases."""
        import sys

        return Path(str(sys.modules[type(self).__module__].__file__)).parent
