"""The database gets a server of its own.

Database and web server stop fighting over memory and CPU: each may use the whole of its machine, and each can be
made larger alone. For Django it is one setting, the address of the database; use the IP address, since a name
server that does not answer would take the site down with it.

How much it buys depends on the site. Where the database does half of the work, the site carries nearly twice as
much; where Python does most of it, which is common, the gain is small, and the forecast says so. It does not make
the site safer: now two servers must be up, not one.

Where you expect more than one database server later, think now about connection pooling and replication.
"""

from __future__ import annotations

from typing import ClassVar

from topology.components import Placed
from topology.design import Design, Host, Role
from topology.hardware import TypeName
from topology.stages.base import AtHand, Choices, Stage
from topology.stages.layout import DATABASES, hosts_offering, offers, placed, services, with_roles
from topology.stages.sizing import sized
from topology.stages.stacks import at_hand_or, programs_of
from topology.stages.steps import Block, Phase, Step, Transition, here, on, shared, units
from topology.stages.stores import FILE, store_of
from topology.value import estimate


class SplitChoices(Choices):
    """The choices of a database server."""

    type: TypeName | None = None
    """Server type of the database; by default the smallest that is no limit at the peak."""


class SplitDatabase(Stage[SplitChoices]):
    """The database on a server of its own."""

    name: ClassVar[str] = "split_database"
    title: ClassVar[str] = "The database apart"
    order: ClassVar[int] = 2
    choices = SplitChoices

    def reached(self, design: Design) -> bool:
        """A database is there, and no server runs both it and the application."""
        return bool(_databases(design)) and not _shared(design)

    def build(self, design: Design, choices: SplitChoices, at_hand: AtHand) -> Design:
        """The database moves from the application's server to its own; a file database becomes PostgreSQL."""
        if self.reached(design):
            return design
        role = _database_role(design, at_hand)
        bare = with_roles(design, _without_database)
        split, names = placed(bare, "database", 1, [role], type_name=choices.type, at_hand=at_hand)
        return sized(split, names)

    def steps(self, change: Transition) -> tuple[Step, ...]:
        """Moving the data of a database that changes its server; a promoted replica has it already."""
        old, new = change.lost("sql"), change.gained("sql")
        if not old or change.promoted:
            return ()
        return (_move(change, old[0], new[0]) if new else _hand_over(change, old[0]),)


STAGE = SplitDatabase()


def _databases(design: Design) -> tuple[object, ...]:
    outside = tuple(item for item in design.externals if item.kind in DATABASES)
    return (*hosts_offering(design, "sql"), *outside)


def _shared(design: Design) -> bool:
    return any(offers(host) >= {"app", "sql"} for host in design.hosts)


def _database_role(design: Design, at_hand: AtHand) -> Role:
    """The database's role with its settings; what cannot be reached over the network becomes PostgreSQL."""
    standing = [role for host in design.hosts for role in host.roles if "sql" in services(role.name)]
    plain = programs_of(design).sql
    for role in (*standing, *at_hand_or(at_hand, "sql", plain)):
        if role.name != FILE:
            return role
    return Role(name=plain)


def _without_database(host: Host) -> list[Role]:
    if "app" not in offers(host):
        return list(host.roles)
    return [role for role in host.roles if "sql" not in services(role.name)]


def _move(change: Transition, old: Placed, new: Placed) -> Step:
    """From the stop of the application to its start on the new database."""
    apps = change.standing_apps()
    stop = shared((app.host.name, (f"systemctl stop {' '.join(units(app))}",)) for app in apps)
    is_file = old.role.name == FILE
    start = shared((app.host.name, (f"systemctl start {' '.join(units(app))}",)) for app in apps)
    return Step(
        phase=Phase.DATA,
        title=f"Move the data from {old.host.name} to {new.host.name}",
        hosts=tuple(dict.fromkeys((*(app.host.name for app in apps), old.host.name, new.host.name))),
        does="Stops the application, so that nothing is written meanwhile, and copies every database. Rehearse it on a"
        " copy first, and time it.",
        blocks=(*stop, *(_from_file(change, old) if is_file else _from_server(change, old, new))),
        notices=f"the site is down from here until the application has been changed. {_how_long(change)}",
        checks=(here(*_counts(change, old, new)),),
        shows="the same number twice for each database: its applied migrations; compare a table of your own too",
        back=f"start the application again: the data on {old.host.name} is untouched. Once users have written to"
        f" {new.host.name}, going back loses what they wrote",
        undo=start,
    )


def _hand_over(change: Transition, old: Placed) -> Step:
    """The database goes to somebody who is not in the plan: a dump for them, and a person to see to the rest."""
    is_file, store = old.role.name == FILE, store_of(old.role.name)
    dumps = {site: f"/root/{site.name}.{'sqlite3' if is_file else store.suffix}" for site in change.after.sites}
    lines = [
        f"sqlite3 {site.root}/data/db.sqlite3 '.backup {dump}'" if is_file else f"{store.dumps(site)} > {dump}"
        for site, dump in dumps.items()
    ]
    stop = shared((app.host.name, (f"systemctl stop {' '.join(units(app))}",)) for app in change.standing_apps())
    return Step(
        phase=Phase.DATA,
        title=f"Hand over the data of {old.host.name}",
        hosts=(old.host.name,),
        does="No server of the plan keeps the database any more. Dumps it while the application stands still; restore"
        " the dump where the database is now.",
        blocks=(*stop, on(old.host, *lines)),
        notices=f"the site is down from here until the application has been changed. {_how_long(change)}",
        checks=(on(old.host, f"ls -l {' '.join(dumps.values())}"),),
        shows="a file for each database, and after the restore the same number of rows in a table of your own",
        back=f"start the application again: the data on {old.host.name} is untouched",
        undo=shared((app.host.name, (f"systemctl start {' '.join(units(app))}",)) for app in change.standing_apps()),
    )


def _from_server(change: Transition, old: Placed, new: Placed) -> tuple[Block, ...]:
    """One program's own dump; from one program to another only Django can carry the data, see `_from_file`."""
    if store_of(old.role.name) is not store_of(new.role.name):
        return _from_file(change, old)
    store = store_of(old.role.name)
    lines = (
        f"ssh root@{old.host.address} '{store.dumps(site)}' | ssh root@{new.host.address} '{store.restores(site)}'"
        for site in change.after.sites
    )
    return (here(*lines),)


def _from_file(change: Transition, old: Placed) -> tuple[Block, ...]:
    """Django's own dump: by the old settings out of the old database, by those that lie ready into the new one."""
    lines = []
    for site in change.after.sites:
        manage, dump = f"{site.root}/venv/bin/python manage.py", f"/root/{site.name}-data.json"
        old_settings, new_settings = f"PYTHONPATH=/etc/{site.name}", f"PYTHONPATH={change.staged}/etc/{site.name}"
        lines += [
            f"cd {site.code.directory}",
            f"{old_settings} {manage} dumpdata --natural-foreign --natural-primary --exclude=contenttypes"
            f" --exclude=auth.permission --output={dump}",
            f"{new_settings} {manage} migrate --noinput",
            f"{new_settings} {manage} loaddata {dump}",
        ]
    return (on(old.host, *lines),)


def _counts(change: Transition, old: Placed, new: Placed) -> list[str]:
    query = "select count(*) from django_migrations"
    lines = []
    for site in change.after.sites:
        file = f'sqlite3 {site.root}/data/db.sqlite3 "{query}"'
        lines += [
            f"ssh root@{old.host.address} '{file if old.role.name == FILE else store_of(old.role.name).counts(site)}'",
            f"ssh root@{new.host.address} '{store_of(new.role.name).counts(site)}'",
        ]
    return lines


def _how_long(change: Transition) -> str:
    workload = change.after.workload
    size = estimate(workload.database_gib).mid if workload and workload.database_gib is not None else None
    known = f"{size:g} GiB are to be copied" if size is not None else "The plan does not say how large the database is"
    return f"{known}; how long that takes depends on your disks and on building the indexes anew."
