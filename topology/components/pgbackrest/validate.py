"""Lets pgBackRest read its file and systemd the units, and holds what both take without a word against the design."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topology.components.base import Stage, Verdict
from topology.components.pgbackrest.files import (
    CERTIFICATE_FOLDER,
    CERTIFICATES,
    CONFIG,
    DAYS,
    STANZA,
    UNITS,
    keeps_backups,
    unit_of,
)
from topology.components.pgbackrest.settings import database_of, size, store_of
from topology.components.reading import read_ini, read_unit

_SCRIPT = """
mkdir -p /run/validate-backups
pgbackrest --config="$1" --stanza=main --log-level-console=warn --log-level-file=off \
    --lock-path=/run/validate-backups backup 2>&1
shift
[ $# = 0 ] || systemd-analyze verify "$@" 2>&1 | grep -F pgbackrest- | grep -v 'man pgbackrest'
"""
_COMPLAINT = re.compile(r"ASSERT:|ERROR: \[0[23]\d\]|WARN: configuration file")
"""Errors 020 to 039 are of the file; that it finds no PostgreSQL and no stanza is another matter."""


def check(stage: Stage) -> Verdict:
    """Every option is known, the stanza is the database beside it, and each backup comes at its time."""
    for name in CERTIFICATES.values():
        stage.scaffold(f"{CERTIFICATE_FOLDER}/{name}", "throw-away\n", mode=0o600)
    problems = [*_told(stage), *_differing(stage)]
    if keeps_backups(stage.placed):
        problems += _untimely(stage)
    if problems:
        return Verdict(accepted=False, says="\n".join(dict.fromkeys(problems)))
    return Verdict(accepted=True, says="pgBackRest knows every option, and systemd the time of each backup")


def _told(stage: Stage) -> Iterator[str]:
    """pgBackRest warns of an option that it does not know, and goes on without it."""
    kinds = DAYS if keeps_backups(stage.placed) else ()
    units = [f"{UNITS}/{unit_of(kind, ending)}" for kind in kinds for ending in ("service", "timer")]
    ran = stage.run(["sh", "-c", _SCRIPT, "pgbackrest", CONFIG, *units])
    for line in ran.output.splitlines():
        if _COMPLAINT.search(line) or "pgbackrest-" in line:
            yield re.sub(r"^[\d-]+ [\d:.]+ P\d+ +", "", line)


def _differing(stage: Stage) -> Iterator[str]:
    said, sized = read_ini(stage.read(CONFIG)), size(stage.placed)
    host, data, port = database_of(stage.placed)
    store = store_of(stage.placed)
    wanted = {(STANZA, "pg1-path"): data, (STANZA, "pg1-port"): str(port)}
    if keeps_backups(stage.placed):
        wanted[("global", "repo1-path")] = sized["repository"]
        wanted[("global", "repo1-retention-full")] = str(sized["retention_full"])
    elif store is not None:
        wanted[("global", "repo1-host")] = store.name
    if store is not None:
        peer = host.name if keeps_backups(stage.placed) else store.name
        wanted[("global", "tls-server-auth")] = f"{peer}={STANZA}"
    for (section, name), value in wanted.items():
        found = said.get(section, {}).get(name, "nothing")
        if found != value:
            yield f"[{section}] {name} is {found}, and the design has {value}"


def _untimely(stage: Stage) -> Iterator[str]:
    for kind in DAYS:
        timer = read_unit(stage.read(f"{UNITS}/{unit_of(kind, 'timer')}"))
        times = timer.get("Timer.OnCalendar", ())
        if not times or stage.run(["systemd-analyze", "calendar", times[-1]]).status != 0:
            yield f"systemd knows no time {' '.join(times) or 'at all'} for the {kind} backup"
        service = read_unit(stage.read(f"{UNITS}/{unit_of(kind, 'service')}"))
        if not any(f"--type={kind} backup" in line for line in service.get("Service.ExecStart", ())):
            yield f"{unit_of(kind, 'service')} makes no {kind} backup"
