"""The database that all app servers share, on a server of its own from the second stage on, and its replicas.

A replica streams every change from the primary, some milliseconds behind. It is promoted by hand when the primary
is lost: what the primary had not sent yet is lost with it. Django reads from a replica only where the site's own
database router says so. A change of max_connections is made on the replicas first, or they stop replaying.

A subscriber is a server of its own that Slony writes to, table by table. Take a replica unless the two must differ: in
their version, in their tables, or in who may sign in.
"""

from __future__ import annotations

from topology.components.base import (
    DYNAMIC,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Preparation,
    Sizing,
    Translation,
    Trouble,
    Validator,
)
from topology.components.postgresql.boot import boot
from topology.components.postgresql.cost import demand_of_request, memory_of
from topology.components.postgresql.files import PORT, files_of
from topology.components.postgresql.preparations import preparations_of
from topology.components.postgresql.reader import reading_of
from topology.components.postgresql.settings import PRIMARY, REPLICA, SUBSCRIBER, PostgresqlSettings, size
from topology.components.postgresql.validate import check
from topology.components.reading import Reading, Texts
from topology.workload import Kind, RequestClass


class Postgresql(Component):
    """The database server."""

    name = "postgresql"
    title = "PostgreSQL"
    roles = {  # noqa: RUF012
        PRIMARY: "keeps the site's data; the one that is written to",
        REPLICA: "copies the primary as it changes, to take its place when it is lost",
        SUBSCRIBER: "takes the tables that Slony copies to it, and is read from",
    }
    offers = {PRIMARY: ("sql",), REPLICA: ("sql_replica",), SUBSCRIBER: ("sql_replica",)}  # noqa: RUF012
    apart = {  # noqa: RUF012
        PRIMARY: (REPLICA, SUBSCRIBER),
        REPLICA: (PRIMARY, SUBSCRIBER),
        SUBSCRIBER: (PRIMARY, REPLICA),
    }
    era = ("chapter", "today")
    packages = {"debian12": "15", "ubuntu2404": "16"}  # noqa: RUF012
    package = "postgresql"
    settings = PostgresqlSettings
    evidence = "booted"
    answer = "SQL row replicated: front written on the primary, read on the replica"
    measured = Measured(
        memory_mib=28, cpu_ms=0.02, says="a row by its key, 1,000 one after the other; a primary with a cache of 32 MiB"
    )
    validator = Validator(
        program="/usr/lib/postgresql/15/bin/postgres",
        package="postgresql",
        says="initdb, then postgres started over it with these files",
        check=check,
        boot=boot,
    )
    logs = (
        Log(
            path="/var/log/postgresql/postgresql-15-main.log",
            says="starts, refusals, errors with their statements; 16 in place of 15 on Ubuntu 24.04",
        ),
        Log(path="journal: postgresql@15-main.service", says="why it did not start, before it has a log of its own"),
    )
    troubles = (
        Trouble(
            sees='no pg_hba.conf entry for host "10.0.0.15"',
            does="Each address of the design has its line. Export anew after a server was added, and reload.",
        ),
        Trouble(
            sees="FATAL: sorry, too many clients already",
            does="Three places are kept for postgres itself: `runuser -u postgres psql`, then `select client_addr,"
            " state, count(*) from pg_stat_activity group by 1, 2`. Raise the limit on the replicas first.",
        ),
        Trouble(
            sees="canceling statement due to statement timeout",
            does="A query that is too slow for a page. A migration that runs for long sets it to 0 for itself.",
        ),
        Trouble(
            sees="A replica says: requested WAL segment has already been removed",
            does="It was away for longer than wal_keep_size holds. Copy the primary anew, as before its first start.",
        ),
        Trouble(
            sees="The primary is lost",
            does="See that it stays down, then `pg_ctlcluster 15 main promote` on the replica. Exchange the two roles"
            " in the plan, and export; pools and Django have both addresses already.",
        ),
        Trouble(
            sees="A subscriber says: Slony-I: Table pages is replicated and cannot be modified on a subscriber node",
            does="Writes belong on the primary: look at the site's router. Slony's move-to-NAME.slonik makes"
            " a subscriber the one that takes them.",
        ),
    )
    translations = (
        Translation(
            about="A copy of the database that follows it",
            then="Slony-I: triggers on every table, a daemon for each server, DDL by hand",
            now="primary_conninfo and an empty standby.signal",
            says="PostgreSQL streams its log since 9.0: all databases, all changes of tables, between equal versions.",
        ),
        Translation(
            about="Telling a replica what it is",
            then="standby_mode = on in recovery.conf",
            now="standby.signal, the rest in postgresql.conf",
            says="recovery.conf is refused at the start since PostgreSQL 12.",
        ),
        Translation(
            about="Passwords",
            then="md5 in pg_hba.conf",
            now="scram-sha-256",
            says="What is kept can no longer be used to sign in.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """The port of the primary, which all queries go to, or of a replica.

        It has a limit where the plan writes one; a derived one follows from the clients, so that it always suffices.
        """
        if placed.role.name != PRIMARY:
            return (Endpoint(service="sql_replica", port=PORT, speaks="postgresql"),)
        written = placed.written.max_connections if isinstance(placed.written, PostgresqlSettings) else None
        return (Endpoint(service="sql", port=PORT, carries=DYNAMIC, slots=written, speaks="postgresql"),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """A replica follows the primary."""
        if placed.role.name == REPLICA:
            return (Need(services=("sql",), why="copies every change", connections=1),)
        return ()

    def size(self, placed: Placed) -> Sizing:
        """Connections, memory, replication and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """conf.d and pg_hba.conf; postgresql.conf itself stays Debian's."""
        return files_of(placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Limits, timeouts, replication and who is let in."""
        return reading_of(texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """Users and databases, or a copy of the data."""
        return preparations_of(placed)

    def memory(self, placed: Placed) -> Memory:
        """Cache, connections and processes."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """The database's CPU for one request, less for those that the cache answers."""
        return demand_of_request(placed, kind, item)


COMPONENT = Postgresql()
