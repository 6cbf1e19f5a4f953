"""pgpool-II: one address for a primary and its replicas, with reads spread over all of them.

Use it where the site is to read from replicas without a database router of its own: pgpool parses each query, sends
writes to the primary and reads to any server. A process serves one client at a time, so it saves the database fewer
connections than PgBouncer does. What was written a moment ago may not be on a replica yet; queries of Django's session
table stay on the primary therefore, and a site that reads back what it just wrote does so in the same transaction.
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
from topology.components.pgpool.boot import boot
from topology.components.pgpool.cost import demand_of_request, memory_of
from topology.components.pgpool.files import files_of
from topology.components.pgpool.preparations import preparations_of
from topology.components.pgpool.reader import reading_of
from topology.components.pgpool.settings import PORT, ROLE, PgpoolSettings, size, to_each_database
from topology.components.pgpool.validate import check
from topology.components.reading import Reading, Texts
from topology.workload import Kind, RequestClass


class Pgpool(Component):
    """The pool that reads from replicas."""

    name = "pgpool"
    title = "pgpool-II"
    roles = {ROLE: "one address for the primary and its replicas, reads spread over them"}  # noqa: RUF012
    offers = {ROLE: ("pool",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "4.3.5", "ubuntu2404": "4.3.7"}  # noqa: RUF012
    """Ubuntu's was not started."""
    package = "pgpool2"
    settings = PgpoolSettings
    apart = {ROLE: ("pgbouncer",)}  # noqa: RUF012
    evidence = "booted"
    answer = "reads spread over 2 servers"
    measured = Measured(
        memory_mib=100,
        cpu_ms=0.13,
        says="a row by its key through the pool, 1,000 one after the other; PostgreSQL included",
    )
    validator = Validator(
        program="pgpool",
        package="pgpool2",
        says="pgpool started with these files for two seconds, its keys held against the package's list",
        check=check,
        boot=boot,
    )
    logs = (
        Log(path="journal: pgpool2.service", says="sign-ins that failed, and servers that were lost or taken back"),
    )
    troubles = (
        Trouble(
            sees="Sorry, too many clients already",
            does="Every process has a client. Export anew after a server or a worker was added: num_init_children needs"
            " a restart, and max_connections of the database grows with it.",
        ),
        Trouble(
            sees="authentication failed, though the password is right",
            does="pool_passwd has another one, or was encrypted with another key: run the pg_enc lines again, reload.",
        ),
        Trouble(
            sees="A replica is `down` in `show pool_nodes` though it runs",
            does="pgpool takes nobody back by itself. Restart it when the replica streams again: the unit's -D forgets"
            " what was down.",
        ),
        Trouble(
            sees="cannot execute INSERT in a read-only transaction",
            does="The primary is gone. Promote a replica: pgpool looks for the new one for five minutes, after that at"
            " its next start. Then exchange the roles in the plan, and export.",
        ),
        Trouble(
            sees="A page misses what was saved a moment ago",
            does="A replica answered that was not there yet. Read in the transaction that wrote (ATOMIC_REQUESTS), or"
            " set primary_weight so high that few reads go elsewhere.",
        ),
    )
    translations = (
        Translation(
            about="Spreading reads over servers that copy each other",
            then="master_slave_mode = true, master_slave_sub_mode = 'slony'",
            now="backend_clustering_mode = 'slony' or 'streaming_replication'",
            says="The old keys are passed over in silence since pgpool 4.2.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """The port that app servers take for the database's."""
        port = placed.written.port if isinstance(placed.written, PgpoolSettings) else None
        return (Endpoint(service="pool", port=port or PORT, carries=DYNAMIC, speaks="postgresql"),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The primary and every replica: each process may have connections to all of them."""
        connections = to_each_database(placed)
        return (
            Need(services=("sql",), why="passes queries on", connections=connections),
            Need(services=("sql_replica",), why="reads there", connections=connections),
        )

    def size(self, placed: Placed) -> Sizing:
        """Processes, weights and times."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Configuration, access, and the unit's key and limits."""
        return files_of(placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Limits on both sides."""
        return reading_of(texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The key, and the passwords."""
        return preparations_of(placed)

    def memory(self, placed: Placed) -> Memory:
        """Its processes."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """pgpool's CPU for each query of a request that the cache does not answer."""
        return demand_of_request(kind, item)


COMPONENT = Pgpool()
