"""pgBackRest's files: what is kept where, and the units that make a full and a differential backup at their time."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import ConfigFile, Placed, Reason, Sizing
from topology.components.pgbackrest.settings import PORT, STORE, database_of, size, store_of
from topology.components.rendering import Written, option, sections, words

CONFIG = "/etc/pgbackrest.conf"
STANZA = "main"
"""The name under which it keeps this database; PostgreSQL's archive_command has it too."""
OWNER = "postgres:postgres"
DAYS = {"full": "Sun", "diff": "Mon..Sat"}
"""A full backup a week, and what is different since then on the other days."""
UNITS = "/etc/systemd/system"
SERVER = "pgbackrest.service"
"""The package's own unit: answers the other server over TLS."""
CERTIFICATE_FOLDER = "/etc/pgbackrest/tls"
CERTIFICATES = {"ca": "ca.crt", "cert": "own.crt", "key": "own.key"}
"""Each server's certificate has its name; both come from an authority that is made for the purpose. Not in a bundle."""


def files_of(placed: Placed) -> tuple[ConfigFile, ...]:
    """The configuration and, where the backups lie, both pairs of units; TierwrightError without a PostgreSQL."""
    sizing, keeps = size(placed), keeps_backups(placed)
    _, data, _ = database_of(placed)
    alone = store_of(placed) is None
    own = ("repo1-path", "hour") if not keeps else ("hour",)
    reasons = (
        *(reason for reason in sizing.reasons if reason.setting not in own),
        Reason(setting="pg1-path", value=data, formula="data directory of the PostgreSQL that is backed up"),
    )
    config = ConfigFile(
        path=CONFIG,
        text=sections([("global", list(_global(placed, sizing))), (STANZA, list(_stanza(placed)))]),
        owner=OWNER,
        mode=0o640,
        action="none" if alone else "restart",
        unit="" if alone else SERVER,
        reasons=reasons,
    )
    if not keeps:
        return (config,)
    return (config, *(unit for kind in DAYS for unit in (_service(kind, sizing), _timer(kind, sizing))))


def keeps_backups(placed: Placed) -> bool:
    """Whether the backups lie on this server, which then makes them."""
    return placed.role.name == STORE or store_of(placed) is None


def _global(placed: Placed, sizing: Sizing) -> Iterator[tuple[str, Written]]:
    store = store_of(placed)
    if keeps_backups(placed):
        yield "repo1-path", sizing["repository"]
        yield "repo1-retention-full", sizing["retention_full"]
    elif store is not None:
        yield from _host("repo1", store.name)
    yield "process-max", sizing["process_max"]
    yield "compress-type", "zst"
    yield "start-fast", "y"
    yield "log-level-console", "warn"
    yield "log-level-file", "detail"
    if store is not None:
        peer = database_of(placed)[0] if placed.role.name == STORE else store
        yield "tls-server-address", placed.host.address
        yield "tls-server-port", PORT
        yield "tls-server-auth", option(peer.name, STANZA)
        for what, name in CERTIFICATES.items():
            yield f"tls-server-{what}-file", f"{CERTIFICATE_FOLDER}/{name}"


def _stanza(placed: Placed) -> Iterator[tuple[str, Written]]:
    host, data, port = database_of(placed)
    if placed.role.name == STORE:
        yield from _host("pg1", host.name)
    yield "pg1-path", data
    yield "pg1-port", port


def _host(what: str, name: str) -> Iterator[tuple[str, Written]]:
    """The other server, by its name: pgBackRest looks for it in the certificate."""
    yield f"{what}-host", name
    yield f"{what}-host-type", "tls"
    yield f"{what}-host-port", PORT
    for which, file in CERTIFICATES.items():
        yield f"{what}-host-{which}-file", f"{CERTIFICATE_FOLDER}/{file}"


def unit_of(kind: str, ending: str) -> str:
    """Name of a unit: pgbackrest-full.timer."""
    return f"pgbackrest-{kind}.{ending}"


def _service(kind: str, sizing: Sizing) -> ConfigFile:
    stanza = option("--stanza", STANZA)
    unit: list[tuple[str, Written]] = [
        ("Description", words(kind, "backup", "of", "PostgreSQL")),
        ("After", "postgresql.service"),
        ("RequiresMountsFor", sizing["repository"]),
    ]
    service: list[tuple[str, Written]] = [
        ("Type", "oneshot"),
        ("User", "postgres"),
        ("Group", "postgres"),
        ("ExecStartPre", words("/usr/bin/pgbackrest", stanza, "check")),
        ("ExecStart", words("/usr/bin/pgbackrest", stanza, option("--type", kind), "backup")),
        ("Nice", 10),
        ("IOSchedulingClass", "idle"),
        # Its locks lie in /tmp, where PostgreSQL's archive_command looks for them: no PrivateTmp.
        ("ReadWritePaths", words(sizing["repository"], "/var/log/pgbackrest", "/tmp")),
        *_HARDENING,
    ]
    text = sections([("Unit", unit), ("Service", service)])
    return ConfigFile(path=f"{UNITS}/{unit_of(kind, 'service')}", text=text, action="none")


def _timer(kind: str, sizing: Sizing) -> ConfigFile:
    timer: list[tuple[str, Written]] = [
        ("OnCalendar", words(DAYS[kind], "*-*-*", f"{sizing['hour']:02d}:10:00")),
        ("RandomizedDelaySec", 900),
        ("Persistent", "true"),
    ]
    unit: list[tuple[str, Written]] = [("Description", words("time", "of", "a", kind, "backup"))]
    text = sections([("Unit", unit), ("Timer", timer), ("Install", [("WantedBy", "timers.target")])])
    reasons = tuple(reason for reason in sizing.reasons if reason.setting == "hour")
    name = unit_of(kind, "timer")
    return ConfigFile(path=f"{UNITS}/{name}", text=text, action="restart", unit=name, reasons=reasons)


_HARDENING: list[tuple[str, Written]] = [
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("PrivateDevices", "yes"),
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("ProtectControlGroups", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("RestrictNamespaces", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("SystemCallArchitectures", "native"),
]
