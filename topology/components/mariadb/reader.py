"""Reads MariaDB's files back: the settings as INI, who is let in and who is followed from the statements."""

from __future__ import annotations

import re

from topology.components.mariadb.files import ACCOUNTS, PATH, PRIMARY_FILE
from topology.components.reading import Admission, Listening, Reading, Texts, read_ini

_ACCOUNT = re.compile(r"CREATE USER IF NOT EXISTS '([^']*)'@'([^']*)'")
_FOLLOWED = re.compile(r"MASTER_HOST = '([^']*)'")


def reading_of(texts: Texts) -> Reading:
    """Limits, timeouts, replication and accounts."""
    options = read_ini(texts.get(PATH, "")).get("mariadbd", {})
    port, accepts = int(options.get("port", 3306)), int(options.get("max_connections", 151))
    addresses = options.get("bind_address", "").split(",")
    followed = _FOLLOWED.search(texts.get(PRIMARY_FILE, ""))
    return Reading(
        listens=tuple(Listening(address=address, port=port) for address in addresses),
        accepts=accepts,
        statement_seconds=float(options.get("max_statement_time", 0)) or None,
        idle_seconds=float(options.get("wait_timeout", 28_800)),
        senders=accepts if options.get("log_bin") else 0,
        follows=followed[1] if followed else None,
        admits=admissions_in(texts.get(ACCOUNTS, "")),
    )


def admissions_in(text: str) -> tuple[Admission, ...]:
    """Every account that the statements make; a site's account has the name of its database."""
    replicators = set(re.findall(r"GRANT REPLICATION SLAVE ON \*\.\* TO '([^']*)'", text))
    return tuple(
        Admission(address=address, database="replication" if user in replicators else user, user=user)
        for user, address in _ACCOUNT.findall(text)
    )
