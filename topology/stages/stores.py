"""How the data of a database is dumped, restored, counted and promoted: the words of each program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from topology.design import Site

FILE = "sqlite"
"""The role whose database is a file beside the application."""
_APPLIED = "select count(*) from django_migrations"


@dataclass(frozen=True, kw_only=True)
class Store:
    """Shell lines for root on the server of a database; DATABASE stands for the site's own, and for its owner."""

    dump: str
    """Prints a dump of one database."""
    restore: str
    """Reads that dump into an empty one."""
    suffix: str
    """Ending of a dump's file."""
    asks: str
    """Prints what a query of one database answers; QUERY stands for it."""
    promote: str
    """Makes a replica take writes."""
    is_replica: str
    """Prints whether the server follows another."""
    promoted: str
    """What that prints of a server that takes writes."""
    lag: str
    """Prints who follows a primary, or how far a replica is."""

    def dumps(self, site: Site) -> str:
        """The dump of a site's database."""
        return self.dump.replace("DATABASE", site.database)

    def restores(self, site: Site) -> str:
        """The restore of a site's database."""
        return self.restore.replace("DATABASE", site.database)

    def counts(self, site: Site) -> str:
        """The number of applied migrations of a site."""
        return self.asks.replace("DATABASE", site.database).replace("QUERY", _APPLIED)


POSTGRESQL = Store(
    dump="runuser -u postgres -- pg_dump --format=custom DATABASE",
    restore="runuser -u postgres -- pg_restore --no-owner --role=DATABASE --dbname=DATABASE",
    suffix="dump",
    asks='runuser -u postgres -- psql -Atc "QUERY" DATABASE',
    promote='runuser -u postgres -- psql -Atc "select pg_promote()"',
    is_replica='runuser -u postgres -- psql -Atc "select pg_is_in_recovery()"',
    promoted="f: it takes writes",
    lag='runuser -u postgres -- psql -Atc "select client_addr, state, replay_lag from pg_stat_replication"',
)
MARIADB = Store(
    dump="mariadb-dump --single-transaction --routines DATABASE",
    restore="mariadb DATABASE",
    suffix="sql",
    asks='mariadb --skip-column-names --execute="QUERY" DATABASE',
    promote='mariadb --execute="stop slave; reset slave all; set global read_only = 0"',
    is_replica='mariadb --skip-column-names --execute="select @@read_only"',
    promoted="0: it takes writes",
    lag='mariadb --execute="show slave hosts"',
)
STORES: Mapping[str, Store] = {"mariadb": MARIADB, "mariadb_replica": MARIADB}


def store_of(role: str) -> Store:
    """The words for a role that keeps a database; PostgreSQL's where it has none of its own."""
    return STORES.get(role, POSTGRESQL)
