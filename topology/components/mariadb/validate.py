"""Asks MariaDB what it understood of its files, and looks itself for what it takes without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from topology.components.base import Stage, Verdict
from topology.components.mariadb.files import ACCOUNTS, MIB, PRIMARY_FILE, bound_to
from topology.components.mariadb.settings import PORT, REPLICA, is_logged, size, the_primary_of

_OPTION = re.compile(r"^([a-z][a-z0-9-]+)[ \t]+(\S.*)$", re.MULTILINE)
_EVERYBODY = re.compile(r"@'[^']*[%_][^']*'|@''|IDENTIFIED BY ''|GRANT ALL PRIVILEGES ON \*")


def check(stage: Stage) -> Verdict:
    """Every key is known, every value is the design's, and nobody else is let in."""
    ran = stage.run(["mariadbd", "--help", "--verbose"], as_root=False)
    if ran.status != 0:
        return _refused(_telling(ran.output) or "MariaDB does not understand its files")
    problems = [*_differing(stage, dict(_OPTION.findall(ran.output))), *_told(stage)]
    complaints = [line for line in _telling(ran.output).splitlines() if " option '" in line]
    if problems or complaints:
        return _refused("; ".join([*problems, *complaints]))
    return Verdict(accepted=True, says="mariadbd --help --verbose knows every setting, and has the design's values")


def _differing(stage: Stage, options: Mapping[str, str]) -> Iterator[str]:
    for name, expected in _expected(stage).items():
        found = options.get(name, "nothing").strip()
        if found != expected:
            yield f"MariaDB understood {name} as {found}, not {expected}"


def _expected(stage: Stage) -> Mapping[str, str]:
    placed, sized = stage.placed, size(stage.placed)
    return {
        "bind-address": ",".join(bound_to(placed)),
        "port": str(PORT),
        "server-id": str(sized["server_id"]),
        "max-connections": str(sized["max_connections"]),
        "innodb-buffer-pool-size": str(sized["buffer_pool_mib"] * MIB),
        "max-statement-time": str(sized["statement_timeout_seconds"]),
        "read-only": "TRUE" if placed.role.name == REPLICA else "FALSE",
        "log-slave-updates": "TRUE" if is_logged(placed) else "FALSE",
        "gtid-strict-mode": "TRUE" if is_logged(placed) else "FALSE",
    }


def _told(stage: Stage) -> Iterator[str]:
    """The statements that a person runs: MariaDB reads them only then."""
    if stage.placed.role.name == REPLICA:
        address = the_primary_of(stage.placed).host.address
        if f"MASTER_HOST = '{address}'" not in stage.read(PRIMARY_FILE):
            yield f"{PRIMARY_FILE} follows another server than the primary, {address}"
        return
    everybody = _EVERYBODY.search(stage.read(ACCOUNTS))
    if everybody:
        yield f"{ACCOUNTS} lets everybody in: {everybody.group()}"


def _refused(says: str) -> Verdict:
    return Verdict(accepted=False, says=says)


def _telling(output: str) -> str:
    """What MariaDB complained of, without times and process numbers."""
    lines = (re.sub(r"^\d{4}-\d\d-\d\d +[\d:]+ \d+ ", "", line) for line in output.splitlines())
    return "\n".join(dict.fromkeys(line for line in lines if line.startswith(("[ERROR]", "[Warning]"))))
