"""A single server runs everything: web server, Django, cache and database.

Most sites start here, and for small and medium ones it is enough: one machine to pay, to patch and to watch, and
no network between the parts. What ends it is contention. The database, Python and the cache each want the whole
machine, its memory first of all, and a server that swaps serves nobody. There is also no second machine: while
this one is down, so is the site.

Choose SQLite where the site has few writers and one application server is enough for good; choose PostgreSQL where
you expect to move the database out one day, since then the move is only a change of address.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from topology.components import Placed
from topology.design import Design, Role, Server, Tier
from topology.fields import Word
from topology.hardware import TypeName
from topology.stages.base import NOTHING, AtHand, Choices, Stage
from topology.stages.layout import DATABASES, STEMS, TIERS, pinned, purpose, retyped, services
from topology.stages.sizing import observed_type, sized
from topology.stages.stacks import at_hand_or, chosen, programs_of
from topology.stages.steps import Phase, Step, Transition, offering, on


class SingleChoices(Choices):
    """The choices of a single server."""

    database: Literal["postgresql", "mariadb", "sqlite"] | None = None
    """The database: PostgreSQL, MariaDB, or SQLite for a site with few writers; by default that of the stack."""
    application: Word | None = None
    """What runs the site's code, such as gunicorn, uvicorn, flup or mod_python; by default the stack's."""
    front: Word | None = None
    """The web server before it, where it needs one; by default the stack's, or the one that speaks its language."""
    type: TypeName | None = None
    """Server type; by default the observed one, else the smallest that carries the peak with headroom."""


class Single(Stage[SingleChoices]):
    """Everything on one server."""

    name: ClassVar[str] = "single"
    title: ClassVar[str] = "A single server"
    order: ClassVar[int] = 1
    choices = SingleChoices

    def reached(self, design: Design) -> bool:
        """Every design that serves a site has at least this."""
        return any(purpose(host) == "web" for host in design.hosts)

    def build(self, design: Design, choices: SingleChoices, at_hand: AtHand = NOTHING) -> Design:
        """The site of a design on one server, whatever it ran on before."""
        server = _server(at_hand)
        tier = Tier(
            name=at_hand.tiers.get("web", TIERS["web"]), servers=(server,), roles=_roles(design, choices, at_hand)
        )
        alone = pinned(design.model_copy(update={"tiers": (tier,)}))
        standing = server.type if at_hand.servers.get("web") else None
        kept = choices.type or standing or observed_type(alone)
        return retyped(alone, {server.name: kept}) if kept else sized(alone, [server.name])

    def steps(self, change: Transition) -> tuple[Step, ...]:
        """The tables of a site that is installed for the first time."""
        apps = offering(change.after, "app")
        return (_tables(change, apps[0]),) if change.before is None and apps else ()


STAGE = Single()


def _server(at_hand: AtHand) -> Server:
    standing = at_hand.servers.get("web", ())
    return standing[0] if standing else Server(name=f"{STEMS['web']}1", type="small")


def _roles(design: Design, choices: SingleChoices, at_hand: AtHand) -> tuple[Role, ...]:
    """What the server runs: the roles at hand, a cache unless a plan does without one, a database unless others do."""
    programs = programs_of(design)
    without = bool(at_hand.servers) and "cache" not in at_hand.roles
    cache = () if without else at_hand_or(at_hand, "cache", programs.cache)
    outside = any(item.kind in DATABASES for item in design.externals)
    database = () if outside else at_hand_or(at_hand, "sql", choices.database or programs.sql)
    return (*_site(design, choices, at_hand), *cache, *database)


def _site(design: Design, choices: SingleChoices, at_hand: AtHand) -> tuple[Role, ...]:
    """What takes a request and runs the code: what was chosen, else what is at hand, else the stack's."""
    found = (at_hand.roles.get(service) for service in ("web", "app"))
    standing = tuple({role.name: role for role in found if role is not None}.values())
    if choices.application is None and choices.front is None and standing:
        return standing
    *fronts, last = programs_of(design).site
    application = chosen(choices.application, "app") or Role(name=last)
    if "web" in services(application.name):
        return (application,)
    front = chosen(choices.front, "web") or Role(name=fronts[0] if fronts else "nginx")
    return (front, application)


def _tables(change: Transition, app: Placed) -> Step:
    lines = []
    for site in change.after.sites:
        manage = f"PYTHONPATH=/etc/{site.name} {site.root}/venv/bin/python manage.py"
        lines += [f"cd {site.code.directory}", f"{manage} migrate --noinput", f"{manage} collectstatic --noinput"]
    return Step(
        phase=Phase.APP,
        rank=1,
        title=f"Make the tables and collect the static files on {app.host.name}",
        hosts=(app.host.name,),
        does="On one application server only: the database and the files are shared by all.",
        blocks=(on(app.host, *lines),),
        notices="nothing: no visitor is sent here yet",
        checks=(on(app.host, *(line for line in lines if line.startswith("cd ")), _check_line(change)),),
        shows="no issues",
        back="drop the database and make it anew",
    )


def _check_line(change: Transition) -> str:
    site = change.after.sites[0]
    return f"PYTHONPATH=/etc/{site.name} {site.root}/venv/bin/python manage.py check --database default"
