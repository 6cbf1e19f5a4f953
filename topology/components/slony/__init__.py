"""Slony-I: copies chosen tables of a PostgreSQL to subscribers, by triggers and a daemon beside each database.

It is what the chapter replicates PostgreSQL with. Today a replica that streams the log does it with less: take Slony
only where both ends must differ, in their major version above all, for an upgrade that stops the site for seconds. A
table needs a primary key. Definitions are not copied: a migration is run on every server. The writes move from one
server to another by a script, while both run; a server that is lost takes its last seconds with it.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
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
from topology.components.reading import Reading, Texts
from topology.components.slony.boot import boot
from topology.components.slony.files import files_of
from topology.components.slony.preparations import preparations_of
from topology.components.slony.reader import reading_of
from topology.components.slony.settings import ROLE, SlonySettings, connections_to, size
from topology.components.slony.validate import check
from topology.demands import guess


class Slony(Component):
    """The daemons that replicate."""

    name = "slony"
    title = "Slony-I"
    roles = {ROLE: "carries the changes of tables between its database and the others"}  # noqa: RUF012
    era = ("chapter",)
    packages = {"debian12": "2.2.11", "ubuntu2404": "2.2.11"}  # noqa: RUF012
    """Ubuntu's was not started."""
    package = "slony1-2-bin"
    settings = SlonySettings
    beside = {ROLE: ("sql", "sql_replica")}  # noqa: RUF012
    evidence = "booted"
    answer = "SQL row replicated: bob, written on the origin, read on the subscriber"
    measured = Measured(
        memory_mib=194, cpu_ms=0.2, says="a row written and copied, 200 of them; two PostgreSQL and two slons together"
    )
    validator = Validator(
        program="slonik",
        package="slony1-2-bin",
        says="slonik over every script and slon over its file without a database to reach, systemd-analyze verify",
        check=check,
        boot=boot,
    )
    logs = (Log(path="journal: slon-SITE.service", says="each event that was carried, and why a node is not reached"),)
    troubles = (
        Trouble(
            sees="Slony-I: Table auth_user is replicated and cannot be modified on a subscriber node",
            does="The site writes to a subscriber. Look at its database router, and at the order of its hosts.",
        ),
        Trouble(
            sees="A migration ran on the origin, and a slon ends with an error about a column or a table",
            does="Run the same migration's SQL on every subscriber (`manage.py sqlmigrate`), then start the slon again."
            " A new table is in no set yet: list it in a second set, subscribe that, and merge it into the first.",
        ),
        Trouble(
            sees="A subscriber falls behind",
            does="`select st_lag_num_events, st_lag_time from _SITE.sl_status` on the origin. A slon that is down, or a"
            " transaction that is open for hours, keeps every change in sl_log.",
        ),
        Trouble(
            sees="ERROR: syntax error at or near",
            does="slonik names file and line. `connection to server` is another matter: the server, its pg_hba.conf, or"
            " the passfile.",
        ),
        Trouble(
            sees="Sequences jump back after the writes moved",
            does="They are part of the set. After a migration run tables.sql again: it lists all there are.",
        ),
    )
    translations = (
        Translation(
            about="Which tables are copied",
            then="set add table, one line for each, written by hand",
            now="create publication ... for all tables",
            says="Logical replication is part of PostgreSQL since 10; neither copies definitions.",
        ),
    )

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """Every database of the cluster: its own and, by a path, each other one."""
        return tuple(
            Need(services=(service,), why="carries changes of tables", connections=connections_to(placed, service))
            for service in ("sql", "sql_replica")
        )

    def size(self, placed: Placed) -> Sizing:
        """How often it looks."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """A slon with its unit for each site, and on the origin the scripts."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """The databases that it reaches."""
        return reading_of(placed, texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """User and password, tables, and the set."""
        return preparations_of(placed)

    def memory(self, placed: Placed) -> Memory:
        """Two processes for each site: one that works, one that watches it."""
        sites = len(placed.cluster.sites)
        own = guess(
            3 * sites, 5 * sites, 40 * sites, "measured at rest (PSS); rows of 8 kB and more are held in memory"
        )
        return Memory(parts={"slon": own})


COMPONENT = Slony()
