"""What a person does once: accounts and databases on the primary, a copy of the data on a replica."""

from __future__ import annotations

from topology.components.base import Placed, Preparation
from topology.components.mariadb.files import ACCOUNTS, PRIMARY_FILE, REPLICATOR, UNIT
from topology.components.mariadb.settings import REPLICA, replicas_of, the_primary_of

BEFORE_COPY = "RESET MASTER; SET sql_log_bin = 0;"
"""Stands before the copy: with anything in its own log, a replica refuses the primary's position (error 1947)."""
SHARED = "the same as on the other servers, of letters and digits alone (openssl rand -hex 24 makes one)"


def preparations_of(placed: Placed) -> tuple[Preparation, ...]:
    """In order, for the primary or for a replica."""
    return _for_replica(placed) if placed.role.name == REPLICA else _for_primary(placed)


def _asked(names: list[str], path: str) -> tuple[str, ...]:
    """Lines that ask for each password and run the file with them; none is seen in the list of processes."""
    reads = [f"read -rsp 'Password of {name}: ' {name}; echo" for name in names]
    sets = [f'printf "SET @{name} = \'%s\';\\n" "${name}"' for name in names]
    return (*reads, f"{{ {'; '.join(sets)}; cat {path}; }} | mariadb", f"unset {' '.join(names)}")


def _for_primary(placed: Placed) -> tuple[Preparation, ...]:
    names = [site.database for site in placed.cluster.sites]
    names += [REPLICATOR] if replicas_of(placed) else []
    return (
        Preparation(
            does=f"Make a database for every site, and the accounts of {ACCOUNTS}; each password is {SHARED}. A"
            " migration that runs for long sets `SET SESSION max_statement_time = 0` first.",
            lines=_asked(names, ACCOUNTS),
        ),
    )


def _for_replica(placed: Placed) -> tuple[Preparation, ...]:
    primary = the_primary_of(placed).host
    dump = "/root/primary.sql"
    return (
        Preparation(
            does=f"Copy the primary's data: on {primary.name} run `mariadb-dump --all-databases --single-transaction"
            f" --gtid --master-data=1 --flush-privileges >{dump}` as root, bring the file here under the same name, and"
            " delete it on both servers afterwards. It holds the position from which this server follows.",
            lines=(
                f"{{ echo '{BEFORE_COPY}'; cat {dump}; }} | mariadb",
                "mariadb --execute='FLUSH PRIVILEGES'",
                f"rm {dump}",
            ),
        ),
        Preparation(
            does=f"Tell it whom to follow, with the password of {REPLICATOR}; MariaDB keeps both beside its data."
            " Then look: both threads must say Yes.",
            lines=(
                f"systemctl restart {UNIT}",
                *_asked([REPLICATOR], PRIMARY_FILE),
                "mariadb --execute='SHOW SLAVE STATUS\\G' | grep Running",
            ),
        ),
    )
