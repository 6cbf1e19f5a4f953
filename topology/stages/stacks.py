"""The programs that a stage adds where the plan names none: those of today, and those of the book's chapter 21."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from topology.components import catalogue
from topology.design import Design, Role, Stack
from topology.errors import Place, TierwrightError
from topology.stages.base import AtHand


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Role names by what they do; several stand on one server together."""

    title: str
    site: tuple[str, ...]
    """What takes a request and runs the site's code, from the front inwards."""
    balancer: str
    media: str
    sql: str = "postgresql"
    cache: str = "memcached"
    nfs: str = "nfs_server"
    dns: str = "bind9"
    vrrp: str = "keepalived"
    pool: tuple[str, ...] = ()
    """Beside each application as soon as there are several."""
    replica: tuple[str, ...]
    """What a replica of the database runs."""
    beside_primary: tuple[str, ...] = ()
    """What the primary runs besides, once it has a replica."""
    late_pool: tuple[str, ...] = ()
    """Beside each application once there is a replica to read from."""


STACKS: Mapping[Stack, Programs] = {
    "today": Programs(
        title="today's programs",
        site=("nginx", "gunicorn"),
        balancer="haproxy",
        media="nginx_media",
        pool=("pgbouncer",),
        replica=("postgresql_replica",),
    ),
    "chapter21": Programs(
        title="the programs of chapter 21",
        site=("mod_python",),
        balancer="perlbal",
        media="lighttpd_media",
        replica=("postgresql_subscriber", "slony"),
        beside_primary=("slony",),
        late_pool=("pgpool",),
    ),
}
OWN_REPLICAS = {"mariadb": ("mariadb_replica",)}
"""Replicas of databases that no stack begins with; whoever chose the database gets its own kind."""


def programs_of(design: Design) -> Programs:
    """The programs of the design's stack."""
    return STACKS[design.stack]


def at_hand_or(at_hand: AtHand, service: str, *names: str) -> tuple[Role, ...]:
    """The role at hand that offers a service, else plain ones of these names."""
    standing = at_hand.roles.get(service)
    return (standing,) if standing else tuple(Role(name=name) for name in names)


def replicas_for(design: Design, at_hand: AtHand, primary: str) -> tuple[Role, ...]:
    """What a replica of the standing database runs."""
    names = OWN_REPLICAS.get(primary, programs_of(design).replica)
    standing = at_hand.roles.get("sql_replica")
    return tuple(standing if standing and standing.name == name else Role(name=name) for name in names)


def chosen(name: str | None, *services: str) -> Role | None:
    """A role that a person chose for a stage; refused where it does not offer what the stage asks of it."""
    if name is None:
        return None
    fitting = fitting_roles(*services)
    if name not in fitting:
        raise TierwrightError(f"{name} is no choice here; these fit: {', '.join(fitting)}", place=Place(path="choices"))
    return Role(name=name)


def fitting_roles(*services: str) -> tuple[str, ...]:
    """Roles of the catalogue that offer all of these services, by name."""
    wanted = set(services)
    return tuple(sorted(_roles_offering(wanted)))


def _roles_offering(wanted: set[str]) -> Iterable[str]:
    for component in catalogue().components:
        for role in component.roles:
            if wanted <= set(component.offers.get(role, ())):
                yield role
