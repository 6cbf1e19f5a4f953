"""Several of everything: balancers, media servers, cache servers, and a replicated database.

From here on each tier grows by itself. More database: replicas that answer reads. More balancers: round-robin DNS
spreads the visitors over them, or a virtual address moves to the second when the first dies. More media servers,
behind the same balancers. More cache: servers for memcached alone, so that the web servers' memory is their own.

Several does not mean that nothing is left to fail alone. The disk behind the NFS export is still one disk, a
replica waits for a person to promote it, and the name servers answer from copies of one zone. The forecast lists
each with what bringing it back takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from topology.components import Placed
from topology.design import Design, Host, Place, Role, TierwrightError
from topology.hardware import TypeName
from topology.stages.base import AtHand, Choices, Stage
from topology.stages.layout import hosts_for, hosts_offering, offers, placed, services, with_roles
from topology.stages.sizing import counted, sized
from topology.stages.stacks import at_hand_or, programs_of, replicas_for
from topology.stages.steps import Phase, Step, Transition, offering, on, shared, units
from topology.stages.stores import store_of

Several = Literal["balancer", "media", "database"]
Many = Annotated[int, Field(ge=1, le=1000)]


class BigChoices(Choices):
    """The choices of a large cluster."""

    balancing: Literal["dns", "vip"] = "dns"
    """How visitors are spread: round-robin DNS over all balancers, or a virtual address that one of them holds."""
    balancers: Many | None = None
    """Number of balancers; by default two, and with round-robin DNS more where two are a limit at the peak."""
    replica: bool = True
    """Whether a replica of the database stands by and answers reads."""
    media_servers: Many | None = None
    """Number of media servers, the first of which holds the files; by default the fewest, two or more, that are no
    limit at the peak."""
    cache_servers: Annotated[int, Field(ge=0, le=1000)] = 2
    """Number of cache servers; 0 leaves the cache on the web servers."""
    cache_type: TypeName | None = None
    """Server type of the cache servers; by default the smallest that is no limit at the peak."""


class Big(Stage[BigChoices]):
    """Several servers in every tier."""

    name: ClassVar[str] = "big"
    title: ClassVar[str] = "Going big"
    order: ClassVar[int] = 5
    choices = BigChoices

    def reached(self, design: Design) -> bool:
        """More than one balancer stands before the web servers."""
        return len(hosts_offering(design, "balancer")) > 1

    def why_not_yet(self, design: Design) -> str | None:
        """There must be a balancer to add to."""
        if hosts_offering(design, "balancer"):
            return None
        return "this stage multiplies the tiers of a balanced site: put a balancer first (load_balanced)"

    def build(self, design: Design, choices: BigChoices, at_hand: AtHand) -> Design:
        """Balancers, media servers, cache servers and a replica, as many as chosen; what is there stays."""
        if self.reached(design):
            return design
        for part in _PARTS:
            design = part(design, choices, at_hand)
        return design

    def steps(self, change: Transition) -> tuple[Step, ...]:
        """Promoting a replica; seeing that replicas follow, and knowing how one takes over."""
        replicas, primaries = change.gained("sql_replica"), offering(change.after, "sql")
        following = (_following(primaries[0], replicas),) if replicas and primaries else ()
        return (*(_promotion(change, placed) for placed in change.promoted), *following)


STAGE = Big()


def _balancers(design: Design, choices: BigChoices, at_hand: AtHand) -> Design:
    programs = programs_of(design)
    name = {"dns": ("dns", programs.dns), "vip": ("vrrp", programs.vrrp)}[choices.balancing]
    [spread] = at_hand_or(at_hand, *name)

    def with_spread(host: Host) -> tuple[Role, ...]:
        needs = "balancer" in offers(host) and not any(role.name == spread.name for role in host.roles)
        return (*host.roles, spread) if needs else host.roles

    spreading = with_roles(design, with_spread)
    apart = hosts_for(spreading, "balancer")
    if not apart:
        raise TierwrightError(
            "the balancer runs on a server that also does other work, so no second one can be made like it: give it a"
            " server of its own first",
            place=Place(path="tiers"),
        )
    roles = apart[0].roles
    if choices.balancing == "dns":
        return _as_many(spreading, "balancer", choices.balancers, roles, at_hand)
    grown = _more(spreading, "balancer", choices.balancers or 2, roles, at_hand)
    sharing = hosts_for(grown, "balancer")
    return sized(grown, [host.name for host in sharing], at_least=sharing[0].type_name)


def _media(design: Design, choices: BigChoices, at_hand: AtHand) -> Design:
    standing = hosts_for(design, "media")
    if not standing:
        return design
    serving = tuple(role for role in standing[0].roles if "nfs" not in services(role.name))
    return _as_many(design, "media", choices.media_servers, (*serving, Role(name="nfs_client")), at_hand)


def _replica(design: Design, choices: BigChoices, at_hand: AtHand) -> Design:
    standing = hosts_for(design, "database")
    if not choices.replica or not standing or hosts_offering(design, "sql_replica"):
        return design
    primary = next((role.name for role in standing[0].roles if "sql" in services(role.name)), "")
    replicated = with_roles(design, lambda host: _replicating(host, design, primary))
    replica = replicas_for(design, at_hand, primary)
    return _more(replicated, "database", len(standing) + 1, replica, at_hand)


def _replicating(host: Host, design: Design, primary: str) -> tuple[Role, ...]:
    """What replication asks of those that are there: a process beside the primary, a pool that reads from both."""
    programs, offered = programs_of(design), offers(host)
    if primary != "postgresql":
        return host.roles
    names = (*(programs.beside_primary if "sql" in offered else ()),)
    if "app" in offered and "pool" not in offered:
        names += programs.late_pool
    standing = {role.name for role in host.roles}
    return (*host.roles, *(Role(name=name) for name in names if name not in standing))


def _caches(design: Design, choices: BigChoices, at_hand: AtHand) -> Design:
    if not choices.cache_servers or hosts_for(design, "cache"):
        return design
    standing = [role for host in design.hosts for role in host.roles if "cache" in services(role.name)]
    [role] = standing[:1] or at_hand_or(at_hand, "cache", programs_of(design).cache)
    moved = with_roles(design, _without_cache)
    grown, names = placed(moved, "cache", choices.cache_servers, [role], type_name=choices.cache_type, at_hand=at_hand)
    return sized(grown, names)


_PARTS: tuple[Callable[[Design, BigChoices, AtHand], Design], ...] = (_media, _balancers, _replica, _caches)


def _as_many(design: Design, wanted: Several, count: int | None, roles: tuple[Role, ...], at_hand: AtHand) -> Design:
    """As many as chosen, else as there are at hand, else as the peak asks."""
    known = count or len(at_hand.servers.get(wanted, ()))
    if count or known > 1:
        return _more(design, wanted, known, roles, at_hand)
    return counted(wanted, lambda number: _more(design, wanted, number, roles, at_hand))


def _more(
    design: Design,
    wanted: Several,
    count: int,
    roles: tuple[Role, ...],
    at_hand: AtHand,
) -> Design:
    more = max(0, count - len(hosts_for(design, wanted)))
    return placed(design, wanted, more, roles, type_name=None, at_hand=at_hand)[0]


def _without_cache(host: Host) -> tuple[Role, ...]:
    if "app" not in offers(host):
        return host.roles
    return tuple(role for role in host.roles if "cache" not in services(role.name))


def _promotion(change: Transition, replica: Placed) -> Step:
    apps = change.standing_apps()
    stop = shared((app.host.name, (f"systemctl stop {' '.join(units(app))}",)) for app in apps)
    old = " and ".join(placed.host.name for placed in change.lost("sql"))
    return Step(
        phase=Phase.DATABASE,
        rank=-1,
        title=f"Promote {replica.host.name} to primary",
        hosts=(*(app.host.name for app in apps), replica.host.name),
        does=f"Where {old} still lives, stop the application first, and see that the replica has everything: what"
        f" {old} did not send is lost. Never let {old} be written to again as it is.",
        blocks=(*stop, on(replica.host, store_of(replica.role.name).promote)),
        notices="pages that need the database fail until the application has been changed",
        checks=(on(replica.host, store_of(replica.role.name).is_replica),),
        shows=store_of(replica.role.name).promoted,
        back=f"none: a promoted replica does not follow again. Whoever goes back to {old} loses what was written since",
    )


def _following(primary: Placed, replicas: tuple[Placed, ...]) -> Step:
    names = " and ".join(placed.host.name for placed in replicas)
    addresses = " and ".join(placed.host.address for placed in replicas)
    store = store_of(primary.role.name)
    return Step(
        phase=Phase.DATABASE,
        rank=1,
        title=f"See that {names} follows {primary.host.name}",
        hosts=(primary.host.name, *(placed.host.name for placed in replicas)),
        does=f"A replica takes over only when a person says so. When {primary.host.name} is lost for good, run on"
        f" {replicas[0].host.name}: {store.promote}, then make it the primary in"
        " the plan and export anew: the runbook of that change says the rest. What it had not received is lost."
        " Practise it before you need it.",
        notices="nothing",
        checks=(on(primary.host, store.lag),),
        shows=f"{addresses} with the state streaming, and a lag that does not grow",
        back="a replica may be stopped at any time",
    )
