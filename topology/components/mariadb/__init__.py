"""MySQL as Debian and Ubuntu bring it, MariaDB: the database that all app servers share, and its replicas.

Use it where a site has its data in MySQL already; a new one has no reason to leave PostgreSQL, which pools and
stages know better. A replica follows the primary by GTID, some milliseconds behind, and takes no writes; it is
promoted by hand when the primary is lost, and what the primary had not sent yet is lost with it. Django reads from
a replica only where the site's own database router says so. No pool of connections stands before it.
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
from topology.components.mariadb.boot import boot
from topology.components.mariadb.cost import demand_of_request, memory_of
from topology.components.mariadb.files import files_of
from topology.components.mariadb.preparations import preparations_of
from topology.components.mariadb.reader import reading_of
from topology.components.mariadb.settings import PORT, PRIMARY, REPLICA, MariadbSettings, size
from topology.components.mariadb.validate import check
from topology.components.reading import Reading, Texts
from topology.workload import Kind, RequestClass

OTHER_DATABASES = ("postgresql", "postgresql_replica", "postgresql_subscriber")
"""Each of the two takes what the other leaves of the memory, so that neither knows its own."""


class Mariadb(Component):
    """The database server."""

    name = "mariadb"
    title = "MySQL (MariaDB), with replication"
    roles = {  # noqa: RUF012
        PRIMARY: "keeps the site's data; the one that is written to",
        REPLICA: "copies the primary as it changes, to take its place when it is lost",
    }
    offers = {PRIMARY: ("sql",), REPLICA: ("sql_replica",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "10.11", "ubuntu2404": "10.11"}  # noqa: RUF012
    package = "mariadb-server"
    settings = MariadbSettings
    apart = {PRIMARY: (REPLICA, *OTHER_DATABASES), REPLICA: (PRIMARY, *OTHER_DATABASES)}  # noqa: RUF012
    evidence = "booted"
    answer = "a write on the replica: The MariaDB server is running with the --read-only"
    measured = Measured(
        memory_mib=99, cpu_ms=0.07, says="a row by its key, 1,000 one after the other; a primary alone, cache of 64 MiB"
    )
    validator = Validator(
        program="mariadbd",
        package="mariadb-server",
        says="mariadbd --help --verbose, its values held against the design, and the accounts read for strangers",
        check=check,
        boot=boot,
    )
    logs = (
        Log(path="journal: mariadb.service", says="starts, refusals, and why a replica stopped"),
        Log(path="/var/log/mysql/error.log", says="the same, where log_error of 50-server.cnf is switched on"),
    )
    troubles = (
        Trouble(
            sees="Host '10.0.0.15' is not allowed to connect to this MariaDB server",
            does="The account is made for each address of the design. Export anew after a server was added, and run"
            " accounts.sql again with the passwords, as before the first start.",
        ),
        Trouble(
            sees="A replica falls behind, or stands still",
            does="SHOW SLAVE STATUS names the statement and the error. A duplicate key means that somebody wrote on the"
            " replica: copy the primary anew rather than skip.",
        ),
        Trouble(
            sees="The primary is lost",
            does="On the replica: STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0. Then exchange the two roles in"
            " the plan and export, so that the settings of every site name the new one. Never let the old one start"
            " beside it.",
        ),
        Trouble(
            sees="Too many connections",
            does="One more is kept for an administrator: SHOW PROCESSLIST tells who holds them. The design's sum is"
            " right only where no other program asks this server.",
        ),
    )
    translations = (
        Translation(
            about="Telling a replica whom it follows",
            then="master-host, master-user and master-password in my.cnf",
            now="CHANGE MASTER TO ... MASTER_USE_GTID = slave_pos, once",
            says="The keys of my.cnf are gone; a replica keeps its primary beside its data, and its place by GTID.",
        ),
        Translation(
            about="Tables that keep what was committed",
            then="ENGINE=INNODB, where the default was MyISAM",
            now="nothing: InnoDB is the default",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """The port of the primary, which all queries go to, or of a replica."""
        if placed.role.name == REPLICA:
            return (Endpoint(service="sql_replica", port=PORT, speaks="mysql"),)
        written = placed.written.max_connections if isinstance(placed.written, MariadbSettings) else None
        return (Endpoint(service="sql", port=PORT, carries=DYNAMIC, slots=written, speaks="mysql"),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """A replica follows the primary."""
        if placed.role.name == REPLICA:
            return (Need(services=("sql",), why="copies every change", connections=1),)
        return ()

    def size(self, placed: Placed) -> Sizing:
        """Identity, connections, memory, replication and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """A file beside Debian's own, and the statements that are run once."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Limits, timeouts, replication and accounts."""
        return reading_of(texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """Accounts and databases, or a copy of the data."""
        return preparations_of(placed)

    def memory(self, placed: Placed) -> Memory:
        """Cache, connections and the server itself."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """The database's CPU for one request, less for those that the cache answers."""
        return demand_of_request(placed, kind, item)


COMPONENT = Mariadb()
