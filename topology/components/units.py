"""Units of systemd: what they take from a program, and whether they are understood, key by key."""

from __future__ import annotations

import re
from collections.abc import Iterable

from topology.components.base import Stage
from topology.components.rendering import Written, words

Lines = Iterable[tuple[str, Written]]

_HARDENING: Lines = (
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("PrivateTmp", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateUsers", "yes"),
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("AmbientCapabilities", ""),
    ("ProtectClock", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectProc", "invisible"),
    ("RestrictAddressFamilies", words("AF_UNIX", "AF_INET", "AF_INET6")),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("RemoveIPC", "yes"),
    ("SystemCallArchitectures", "native"),
    ("SystemCallFilter", "@system-service"),
    ("SystemCallErrorNumber", "EPERM"),
)
_VERIFY = ("env", "SYSTEMD_LOG_TARGET=console", "systemd-analyze", "verify", "--man=no")


def unit_problem(stage: Stage, *units: str, of: str = "") -> str:
    """What systemd-analyze finds in these units, or an empty text; `of` names a drop-in of which alone it is asked.

    It ends well although it passed over a key, and it speaks of other units too, so its lines are read.
    """
    names = [re.escape(path.rpartition("/")[2]) for path in units] if not of else [re.escape(of)]
    ran = stage.run([*_VERIFY, *units])
    ours = [line for line in ran.output.splitlines() if re.match(rf"\S*({'|'.join(names)})\b", line)]
    return f"systemd-analyze verify: {'; '.join(ours)}" if ours else ""


def hardening(*without: str) -> Lines:
    """What takes from a program whatever it does not need; `without` names the keys that it would not live with."""
    return tuple((key, value) for key, value in _HARDENING if key not in without)
