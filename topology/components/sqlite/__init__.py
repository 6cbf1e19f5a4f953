"""A database in one file: what small sites start on. One process writes at a time, and one server can reach it.

The first stage that has a second server moves it to PostgreSQL. The file lies beside the site's code, not in it.
"""

from __future__ import annotations

from topology.components.base import (
    DYNAMIC,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Memory,
    Placed,
    Reason,
    Trouble,
    Validator,
)
from topology.components.reading import Reading, Texts
from topology.components.rendering import words
from topology.components.sqlite.validate import PATH, boot, check
from topology.demands import demand_of, guess
from topology.workload import Kind, RequestClass

PAGE_CACHE_MIB = guess(2, 8, 64, "SQLite's page cache of 2 MB a connection, in the app server's own processes")
USER = "www-data"


class Sqlite(Component):
    """The database file."""

    name = "sqlite"
    title = "SQLite"
    roles = {"sqlite": "the site's database, in a file on the app server"}  # noqa: RUF012
    offers = {"sqlite": ("sql",)}  # noqa: RUF012
    packages = {"debian12": "3.40.1", "ubuntu2404": "3.45.1"}  # noqa: RUF012
    package = "sqlite3"
    evidence = "booted"
    answer = "the site's user writes a row and reads it back"
    validator = Validator(
        program="systemd-tmpfiles",
        package="systemd",
        says="systemd-tmpfiles --create, and SQLite opened there",
        check=check,
        boot=boot,
    )
    logs = (
        Log(path="journal: app-SITE.service", says="the site's own: SQLite has no program, and so no log of its own"),
    )
    troubles = (
        Trouble(
            sees="database is locked",
            does="Two processes wanted to write at once and one waited for longer than Django's 5 seconds. Where that"
            " is more than rare, the site has outgrown one file: the next stage moves it to PostgreSQL.",
        ),
        Trouble(
            sees="attempt to write a readonly database, or: unable to open database file",
            does="The directory must be the site user's, not the file alone: SQLite writes its journal beside it. A"
            " manage.py run as root leaves files that the site cannot write.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """A file for each site, reachable on its own host only."""
        return tuple(
            Endpoint(service="sql", port=0, socket=f"{site.root}/data/db.sqlite3", carries=DYNAMIC, site=site.name)
            for site in placed.cluster.sites
        )

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """The directory of each site's database, where SQLite writes its journal too, and an empty file for it.

        The file is there before the first migration, so that one run by root leaves it to the site.
        """
        lines = []
        for site in placed.cluster.sites:
            lines.append(words("d", f"{site.root}/data", "0750", USER, USER, "-", "-"))
            lines.append(words("f", f"{site.root}/data/db.sqlite3", "0640", USER, USER, "-", "-"))
        reason = Reason(setting="mode", value="0750", formula="only the site's own processes read and write it")
        return (ConfigFile(path=PATH, text="".join(f"{line}\n" for line in lines), action="none", reasons=(reason,)),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Nothing that others ask: its connections are files that a process opens."""
        return Reading()

    def memory(self, placed: Placed) -> Memory:
        """The page cache."""
        return Memory(parts={"page cache": PAGE_CACHE_MIB})

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """SQLite's work is done by the app server's own processes, on the same cores: the same queries."""
        if kind not in DYNAMIC:
            return None
        demand = demand_of(item, kind)
        cost = demand.database_cpu_ms.times(demand.cached_share.rest())
        return Demand(cpu_ms=cost, calls=max(1.0, float(demand.database_calls.mid)))


COMPONENT = Sqlite()
