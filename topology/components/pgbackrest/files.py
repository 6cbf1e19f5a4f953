"""pgBackRest's files: what is kept where, and the units that make a full and a differential backup at their time."""

from __future__ import annotations

from topology.components.base import ConfigFile, Placed, Reason, Sizing
from topology.components.pgbackrest.settings import data_of, size
from topology.components.rendering import Written, option, sections, words

CONFIG = "/etc/pgbackrest.conf"
STANZA = "main"
"""The name under which it keeps this database; PostgreSQL's archive_command has it too."""
OWNER = "postgres:postgres"
DAYS = {"full": "Sun", "diff": "Mon..Sat"}
"""A full backup a week, and what is different since then on the other days."""
UNITS = "/etc/systemd/system"


def files_of(placed: Placed) -> tuple[ConfigFile, ...]:
    """The configuration and both pairs of units; raises TierwrightError where there is no PostgreSQL beside it."""
    sizing = size(placed)
    data, port = data_of(placed)
    whole: list[tuple[str, Written]] = [
        ("repo1-path", sizing["repository"]),
        ("repo1-retention-full", sizing["retention_full"]),
        ("process-max", sizing["process_max"]),
        ("compress-type", "zst"),
        ("start-fast", "y"),
        ("log-level-console", "warn"),
        ("log-level-file", "detail"),
    ]
    stanza: list[tuple[str, Written]] = [("pg1-path", data), ("pg1-port", port)]
    reasons = (
        *(reason for reason in sizing.reasons if reason.setting != "hour"),
        Reason(setting="pg1-path", value=data, formula="data directory of the PostgreSQL beside it"),
    )
    config = ConfigFile(
        path=CONFIG,
        text=sections([("global", whole), (STANZA, stanza)]),
        owner=OWNER,
        mode=0o640,
        action="none",
        reasons=reasons,
    )
    return (config, *(unit for kind in DAYS for unit in (_service(kind, sizing), _timer(kind, sizing))))


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
