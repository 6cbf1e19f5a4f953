"""Several web servers behind a load balancer.

Every web server runs the same code and keeps nothing that the others need: sessions in the database or the cache,
uploads on the media server. Shared nothing, so a server can be added or taken out while the site runs, and one may
die unnoticed. The balancer asks each of them whether it is well and leaves out those that are not.

The web tier is then as large as the traffic asks. Each web server holds connections to the database, so a pooler
stands beside each application; and they share a cache, which is added where there is none. What is left to fail
alone: the balancer, the database, the media server.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from topology.design import MOST_SERVERS, Design, Host, Role
from topology.fields import Word
from topology.hardware import TypeName
from topology.stages.base import AtHand, Choices, Stage
from topology.stages.layout import hosts_for, hosts_offering, offers, placed, services, with_roles
from topology.stages.sizing import counted, sized
from topology.stages.stacks import at_hand_or, chosen, programs_of
from topology.stages.steps import Block, Phase, Step, Transition, offering, shared


class LoadBalancedChoices(Choices):
    """The choices of a balanced web tier."""

    web_servers: Annotated[int, Field(ge=2, le=MOST_SERVERS)] | None = None
    """Number of web servers; by default the fewest, two or more, that carry the peak with headroom."""
    balancer_type: TypeName | None = None
    """Server type of the balancer; by default the smallest that is no limit at the peak."""
    balancer: Word | None = None
    """The balancer's program, such as haproxy, perlbal or apache_balancer; by default the stack's."""


class LoadBalanced(Stage[LoadBalancedChoices]):
    """Web servers behind a load balancer."""

    name: ClassVar[str] = "load_balanced"
    title: ClassVar[str] = "Load balancing"
    order: ClassVar[int] = 4
    choices = LoadBalancedChoices

    def reached(self, design: Design) -> bool:
        """A balancer stands before the web servers."""
        return bool(hosts_offering(design, "balancer"))

    def why_not_yet(self, design: Design) -> str | None:
        """Web servers share the database and the uploads, so both must be out of the first one."""
        if self.reached(design):
            return None
        if any(offers(host) >= {"app", "sql"} for host in design.hosts):
            return "several web servers need one database that all of them reach: move it out first (split_database)"
        if not hosts_offering(design, "nfs") and not any(item.kind == "s3" for item in design.externals):
            return "several web servers need one place for uploads: move the media out first (media_server)"
        return None

    def build(self, design: Design, choices: LoadBalancedChoices, at_hand: AtHand) -> Design:
        """One balancer, and as many web servers as the peak asks."""
        if self.reached(design):
            return design
        wanted = chosen(choices.balancer, "balancer")
        roles = (wanted,) if wanted else at_hand_or(at_hand, "balancer", programs_of(design).balancer)
        balanced, balancers = placed(design, "balancer", 1, roles, type_name=choices.balancer_type, at_hand=at_hand)
        shares = bool(hosts_offering(design, "cache"))
        pool = at_hand_or(at_hand, "pool", *programs_of(design).pool) if _is_poolable(design) else ()
        cache = () if shares else at_hand_or(at_hand, "cache", programs_of(design).cache)
        pooled = with_roles(balanced, lambda host: _sharing(host, pool, cache))
        grown = _grown(pooled, choices, at_hand)
        return sized(grown, balancers)

    def steps(self, change: Transition) -> tuple[Step, ...]:
        """Looking for what one web server keeps for itself, before there are several."""
        apps = change.standing_apps()
        grows = len(apps) == 1 and len(offering(change.after, "app")) > 1
        return (_shared_nothing(change, apps[0].host.name),) if grows else ()


STAGE = LoadBalanced()


def _grown(design: Design, choices: LoadBalancedChoices, at_hand: AtHand) -> Design:
    standing = hosts_for(design, "web")

    def grow(count: int) -> Design:
        more = max(0, count - len(standing))
        return placed(design, "web", more, standing[0].roles, type_name=None, at_hand=at_hand)[0]

    known = len(at_hand.servers.get("web", ()))
    if choices.web_servers or known > 1:
        return grow(choices.web_servers or known)
    return counted("web", grow)


def _is_poolable(design: Design) -> bool:
    """The poolers speak PostgreSQL's language only."""
    keepers = {role.name for host in design.hosts for role in host.roles if "sql" in services(role.name)}
    if keepers:
        return "postgresql" in keepers
    return any(item.kind == "postgresql" for item in design.externals)


def _sharing(host: Host, pool: tuple[Role, ...], cache: tuple[Role, ...]) -> tuple[Role, ...]:
    """A pool beside each application, and a cache where there is none: each would else keep one that disagrees."""
    if "app" not in offers(host):
        return host.roles
    return (*host.roles, *cache, *(() if "pool" in offers(host) else pool))


def _shared_nothing(change: Transition, host: str) -> Step:
    looks = tuple(
        f"find {site.root} -xdev -type f -mmin -1440 -not -path '*/__pycache__/*'" for site in change.after.sites
    )
    return Step(
        phase=Phase.DELIVER,
        rank=-1,
        title=f"See that {host} keeps nothing that other web servers need",
        hosts=(host,),
        does="Lists the files that the site wrote on its own disk in the last day. A visitor's next request may reach"
        " another server: sessions belong into the database or the shared cache, uploads into MEDIA_ROOT, and jobs"
        " that may run only once stay on one host.",
        blocks=(Block(hosts=(host,), lines=looks),),
        notices="nothing",
        checks=shared(((host, looks),)),
        shows="nothing: every file of the last day lies on a shared directory",
        back="nothing was changed",
    )
