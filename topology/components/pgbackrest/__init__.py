"""pgBackRest: backups of PostgreSQL and of every change since, so that it can be restored to any moment.

A replica is no backup: it repeats a wrong DELETE within milliseconds. Use this with every PostgreSQL whose data
somebody would miss. It stands beside the primary and is handed each finished file of its log. Give another server the
role pgbackrest_store, and the backups lie there: what lies on the same disk is lost with it. The two speak TLS, each
with a certificate. Try the restore: it is among the preparations.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
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
from topology.components.pgbackrest.boot import boot
from topology.components.pgbackrest.files import files_of
from topology.components.pgbackrest.preparations import preparations_of
from topology.components.pgbackrest.reader import reading_of
from topology.components.pgbackrest.settings import PORT, ROLE, STORE, PgbackrestSettings, size, store_of
from topology.components.pgbackrest.validate import check
from topology.components.reading import Reading, Texts
from topology.demands import guess


class Pgbackrest(Component):
    """The backup of PostgreSQL."""

    name = "pgbackrest"
    title = "pgBackRest"
    roles = {  # noqa: RUF012
        ROLE: "backs up the PostgreSQL beside it, and every change as it is made",
        STORE: "keeps the backups of another server's PostgreSQL, and makes them",
    }
    offers = {ROLE: ("backup",), STORE: ("backup_store",)}  # noqa: RUF012
    apart = {STORE: (ROLE,)}  # noqa: RUF012
    packages = {"debian12": "2.45", "ubuntu2404": "2.50"}  # noqa: RUF012
    """Ubuntu's was not started."""
    package = "pgbackrest"
    settings = PgbackrestSettings
    beside = {ROLE: ("sql",)}  # noqa: RUF012
    evidence = "booted"
    answer = "SQL rows restored: 20002 with the one after the last backup"
    measured = Measured(memory_mib=18, cpu_ms=660, says="a full backup of a database of 25 MB")
    validator = Validator(
        program="pgbackrest",
        package="pgbackrest",
        says="pgbackrest backup with this file and no database, systemd-analyze verify and calendar",
        check=check,
        boot=boot,
    )
    logs = (
        Log(path="/var/log/pgbackrest/*.log", says="each backup, each log file that was handed over, what was expired"),
        Log(path="journal: pgbackrest-full.service", says="why a backup failed; pgbackrest-diff.service likewise"),
    )
    troubles = (
        Trouble(
            sees="The disk of the database fills with pg_wal",
            does="PostgreSQL keeps each log file until it is handed over: `select * from pg_stat_archiver` names the"
            " one that fails, pgBackRest's log says why. Mend the repository; never delete from pg_wal.",
        ),
        Trouble(
            sees="ERROR: [082]: WAL segment was not archived before the 60000ms timeout",
            does="The stanza is missing, or PostgreSQL was not restarted with archive_mode. Run the first preparation.",
        ),
        Trouble(
            sees="Somebody deleted what was needed",
            does="Stop PostgreSQL, keep its directory aside, and `pgbackrest --stanza=main --type=time"
            " --target='2026-11-25 09:00:00+00' --target-action=promote restore` into an empty one.",
        ),
        Trouble(
            sees="A replica was promoted, and nothing is backed up any more",
            does="The role stays beside the primary: exchange the roles in the plan, export, and run the preparations"
            " on the new one, with the same repository mounted there.",
        ),
        Trouble(
            sees="ERROR: [028]: backup and archive info files exist but do not match the database",
            does="The data directory is another one: after an upgrade run `pgbackrest --stanza=main stanza-upgrade`.",
        ),
    )
    translations = (
        Translation(
            about="Keeping the database safe",
            then="pg_dump by cron, each night",
            now="pgBackRest, with every file of the log",
            says="A dump brings back last night; the log brings back any moment, at most five minutes before the end.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """With a store, each of the two answers the other."""
        if store_of(placed) is None:
            return ()
        return (Endpoint(service="backup_store" if placed.role.name == STORE else "backup", port=PORT),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The other of the two: log files go there, and a backup is fetched from here."""
        if placed.role.name == STORE:
            return (Need(services=("backup",), why="fetches the backup", connections=8),)
        return (Need(services=("backup_store",), why="hands over its log", connections=4),)

    def size(self, placed: Placed) -> Sizing:
        """Where to, how many, and when."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """The configuration, and units that run it at their time."""
        return files_of(placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Whom it backs up."""
        return reading_of(placed, texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The stanza, and a first backup that is restored."""
        return preparations_of(placed)

    def memory(self, placed: Placed) -> Memory:
        """Nothing at rest; while it backs up, a process that leads and those that copy."""
        count = 1 + int(size(placed)["process_max"])
        own = guess(0, 18, 40 * count, "nothing at rest; 18 MiB a process while it backed up a small database")
        return Memory(parts={"pgbackrest": own})


COMPONENT = Pgbackrest()
