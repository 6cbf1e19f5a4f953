"""The database that all app servers share, on a server of its own from the second stage on, and its replicas.

A replica streams every change from the primary, some milliseconds behind. It is promoted by hand when the primary
is lost: what the primary had not sent yet is lost with it. Django reads from a replica only where the site's own
database router says so. A change of max_connections is made on the replicas first, or they stop replaying.
"""

from __future__ import annotations

from topology.components.base import (
    DYNAMIC,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Memory,
    Need,
    Placed,
    Preparation,
    Sizing,
    Validator,
)
from topology.components.postgresql.boot import boot
from topology.components.postgresql.cost import demand_of_request, memory_of
from topology.components.postgresql.files import PORT, files_of
from topology.components.postgresql.preparations import preparations_of
from topology.components.postgresql.settings import PRIMARY, REPLICA, PostgresqlSettings, size
from topology.components.postgresql.validate import check
from topology.workload import Kind, RequestClass


class Postgresql(Component):
    """The database server."""

    name = "postgresql"
    title = "PostgreSQL"
    roles = {  # noqa: RUF012
        PRIMARY: "keeps the site's data; the one that is written to",
        REPLICA: "copies the primary as it changes, to take its place when it is lost",
    }
    offers = {PRIMARY: ("sql",), REPLICA: ("sql_replica",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "15", "ubuntu2404": "16"}  # noqa: RUF012
    package = "postgresql"
    settings = PostgresqlSettings
    evidence = "booted"
    answer = "newspaper from 10.0.0.11; a stranger: no pg_hba.conf entry"
    validator = Validator(
        program="/usr/lib/postgresql/15/bin/postgres",
        package="postgresql",
        says="initdb, then postgres started over it with these files",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """The port of the primary, which all queries go to, or of a replica.

        It has a limit where the plan writes one; a derived one follows from the clients, so that it always suffices.
        """
        if placed.role.name == REPLICA:
            return (Endpoint(service="sql_replica", port=PORT),)
        written = placed.written.max_connections if isinstance(placed.written, PostgresqlSettings) else None
        return (Endpoint(service="sql", port=PORT, carries=DYNAMIC, slots=written),)

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
