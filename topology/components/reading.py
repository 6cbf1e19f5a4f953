"""What a role's files say, read back from their text, in words that all components share; rules across files ask this.

A component reads the files that it wrote with a parser of its own, never its sizing: so a rule sees what the program
will see, and a file that says something else than the design is found out.
"""

from __future__ import annotations

import configparser
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

Texts = Mapping[str, str]
"""The files of one host by path, whichever component wrote them."""


@dataclass(frozen=True, kw_only=True)
class Listening:
    """An address on which a program listens."""

    address: str = ""
    """IPv4 address; empty or 0.0.0.0 is every address of the host."""
    port: int = 0
    protocol: str = "tcp"
    socket: str | None = None
    """Path of a Unix socket; then port is 0."""
    backlog: int | None = None
    """Connections that may wait to be accepted, where the file says so."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Somebody to whom a program opens connections, as its file names it."""

    service: str
    """The word of the edge: web, media, app, sql, pool, cache, nfs, ..."""
    address: str = ""
    """As written: an IPv4 address or a name."""
    port: int = 0
    socket: str | None = None
    room: int | None = None
    """Requests or connections that it gives this one at once at most; None where it says no limit."""
    site: str = ""
    """The one site that is passed on there, where the file tells."""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """A line by which a database lets somebody in."""

    address: str
    """IPv4 address or network; `local` for a Unix socket."""
    database: str
    user: str


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A rule of a firewall that lets packets in."""

    protocol: str
    port: int
    clients: tuple[str, ...] = ()
    """Addresses; none is everybody."""


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A directory that is mounted from another host, or shared with others."""

    path: str
    server: str = ""
    """Address of the server of a mount; empty for an export."""
    clients: tuple[str, ...] = ()
    """Addresses that an export admits."""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Vrrp:
    """A virtual address and one of those that may hold it."""

    address: str
    router_id: int
    priority: int
    peers: tuple[str, ...]
    interface: str = ""
    advert_seconds: float = 1.0
    version: int = 3


@dataclass(frozen=True, kw_only=True)
class DjangoFacts:
    """What the settings of one site say, read by running the file with throw-away secrets or from its text."""

    site: str
    allowed_hosts: tuple[str, ...] = ()
    csrf_trusted_origins: tuple[str, ...] | None = None
    proxy_ssl_header: tuple[str, str] | None = None
    ssl_redirect: bool = False
    engine: str = ""
    conn_max_age: int | None = None
    pooled_cursors_off: bool = False
    """DISABLE_SERVER_SIDE_CURSORS is set."""
    own_pool: bool = False
    """Django's own connection pool is on."""
    prepared_statements: bool = False
    cache_backend: str = ""
    cache_servers: tuple[str, ...] = ()
    key_prefix: str = ""
    cache_version: int = 1
    session_engine: str = ""
    """Dotted name; empty is Django's default, the database."""
    static_url: str = ""
    media_url: str = ""
    media_root: str = ""
    upload_bytes: int | None = None
    secret_key_from: str = ""
    """Path of the secret, as the settings read it."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the files of one role say. None and empty: they say nothing about it."""

    listens: tuple[Listening, ...] = ()
    targets: tuple[Target, ...] = ()
    accepts: int | None = None
    """Client connections that it takes at most."""
    reserved: int = 0
    """Of `accepts`, those kept for administrators."""
    opens: Mapping[str, int] = field(default_factory=dict)
    """Connections that it may hold open to each provider of a service, all its sites and processes together."""
    slots: int | None = None
    """Requests that it works on at once."""
    workers: int | None = None
    """Processes that compute."""
    open_files: int | None = None
    """Limit of open files that its unit or its file sets."""
    memory_max_mib: int | None = None
    """MemoryMax of its unit."""

    # Times, in seconds.
    request_seconds: float | None = None
    """After which it gives up a request that it works on."""
    statement_seconds: float | None = None
    """After which a database gives up a statement."""
    connect_seconds: float | None = None
    """Opening a connection to a target."""
    read_seconds: float | None = None
    """Waiting for a target's answer."""
    queue_seconds: float | None = None
    """What a request may wait for a free slot."""
    idle_seconds: float | None = None
    """After which it closes an idle connection of a client."""
    keeps_seconds: float | None = None
    """For which it keeps an idle connection to a target; 0 closes each, None says nothing."""
    graceful_seconds: float | None = None
    """What a stopping program leaves its requests to end."""
    stop_seconds: float | None = None
    """After which systemd kills it."""
    detects_seconds: float | None = None
    """From a target's death until it gets no more traffic."""
    ttl_seconds: float | None = None
    """For which resolvers keep an answer."""
    health_path: str | None = None
    """Path that it asks of its targets."""

    upload_bytes: int | None = None
    """Largest request body that it takes; 0 is no limit."""
    urls: Mapping[str, str] = field(default_factory=dict)
    """URL prefix -> directory from which files are sent."""
    names: tuple[str, ...] = ()
    """Host names that it answers."""
    trusts: tuple[str, ...] | None = None
    """Addresses whose forwarded headers it believes; None where it believes nobody's."""
    sets_headers: tuple[str, ...] = ()
    """Headers that it removes from the client's request and sets itself."""
    terminates_tls: bool = False
    certificate_names: tuple[str, ...] = ()

    replication: Mapping[str, int] = field(default_factory=dict)
    """Settings that a replica must not have smaller: max_connections, max_worker_processes, max_wal_senders, ..."""
    senders: int | None = None
    """Replicas and backups that it can feed at once."""
    follows: str | None = None
    """Address of the server that it replicates from."""
    admits: tuple[Admission, ...] = ()
    pool_mode: str = ""
    """Of a connection pool: session, transaction or statement."""
    opened: tuple[Opening, ...] | None = None
    """What a firewall lets in; None where the role is none."""
    kernel: Mapping[str, int] = field(default_factory=dict)
    """Kernel settings by name: net.core.somaxconn, ..."""
    mounts: tuple[Mount, ...] = ()
    exports: tuple[Mount, ...] = ()
    requires_mounts: tuple[str, ...] = ()
    """Paths that its unit waits for."""
    vrrp: tuple[Vrrp, ...] = ()
    records: tuple[tuple[str, str], ...] = ()
    """Names and addresses of a zone."""
    resolves: Mapping[str, str] = field(default_factory=dict)
    """Names of a hosts file -> address."""
    quorum: tuple[str, ...] = ()
    """Members of a quorum, by address."""
    django: tuple[DjangoFacts, ...] = ()
    scrapes: tuple[str, ...] = ()
    """Addresses with ports that monitoring asks."""
    rotates: tuple[str, ...] = ()
    """Paths and patterns of logs that are rotated."""
    logs: tuple[str, ...] = ()
    """Files that the program writes its log to, as its configuration says."""
    backs_up: tuple[str, ...] = ()
    """Addresses of databases that are backed up from here, or `local`."""
    leads: tuple[str, ...] = ()
    """What may run once in a cluster only and runs here: beat, cron, migrate."""
    pid_file: str | None = None

    def with_(self, **changes: object) -> Reading:
        """The same with some of it changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


NOTHING = Reading()


def read_ini(text: str) -> Mapping[str, Mapping[str, str]]:
    """Sections of an INI file (pgbouncer, uwsgi): the last of equal keys holds."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None, comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return {name: dict(parser.items(name)) for name in parser.sections()}


def read_unit(text: str) -> Mapping[str, tuple[str, ...]]:
    """`Section.Key` -> every value of a systemd unit, in order; an empty value forgets those before it."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped.strip("[]")
        elif "=" in stripped and stripped[0] not in "#;":
            key, _, value = stripped.partition("=")
            held = found.setdefault(f"{section}.{key.strip()}", [])
            held.append(value.strip()) if value.strip() else held.clear()
    return {key: tuple(values) for key, values in found.items()}


def read_assignments(text: str, *, sign: str = "=") -> Mapping[str, str]:
    """`key = value` lines (postgresql.conf, sysctl); single quotes are taken off, the last of equal keys holds."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.partition(sign)
        if equals and key.strip() and not key.lstrip().startswith("#"):
            found[key.strip()] = value.strip().strip("'")
    return found


def read_words(text: str) -> Iterator[list[str]]:
    """The words of every line that holds some (haproxy, redis, keepalived), quotes taken off, comments left out."""
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


def seconds_of(text: str) -> float:
    """A duration as nginx, HAProxy, PostgreSQL and systemd write it, in seconds: 500ms, 30s, 5min, 1h, 2d, 40."""
    units = {"us": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "": 1}
    number = text.strip().rstrip("abcdefghijklmnopqrstuvwxyz")
    return float(number) * units[text.strip()[len(number) :].strip()]


def bytes_of_text(text: str) -> int:
    """A size as these programs write it, in bytes: 20m, 20M, 20MB, 64k, 1g, 512."""
    number = text.strip().rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    unit = text.strip()[len(number) :].lower().rstrip("ib")
    return int(float(number) * {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}[unit])
