"""The steps of any change in order: files brought and put in place tier by tier, doors shut, what is left retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from topology.components import Placed
from topology.diff import FileChange, listing
from topology.stages.doors import Doors, closing, holding, shut_doors
from topology.stages.family import every_stage
from topology.stages.installation import (
    Work,
    blocks,
    differs,
    health,
    prepared,
    tried_doors,
    undo_lines,
    work,
)
from topology.stages.names import naming
from topology.stages.retirement import retiring
from topology.stages.steps import Phase, Step, Transition, here, offering, shared, titles

PUT_IN_PLACE = (
    Phase.DATABASE, Phase.POOL, Phase.CACHE, Phase.FILES, Phase.MOUNT, Phase.APP, Phase.BALANCER, Phase.DNS,
)  # fmt: skip
NOT_YET = "nothing: no traffic goes there yet"
RELOADED = "nothing: a reload finishes the requests under way"
RESTARTED: Mapping[Phase, str] = {
    Phase.DATABASE: "queries under way are cut off, and pages that need the database fail until it is back; how long"
    " its start takes, its log says",
    Phase.POOL: "connections to the database are opened anew; a request that held one fails",
    Phase.CACHE: "the cache is empty afterwards: until it has filled again every page costs its full price, so do it"
    " off the peak",
    Phase.FILES: "files are not served, and uploads wait, while it starts",
    Phase.MOUNT: "files are not found while the directories are mounted",
    Phase.APP: "requests fail while the application starts; how long your code takes to start, try on a quiet host",
    Phase.BALANCER: "open connections are cut off, and new ones are refused until it is back",
    Phase.DNS: "nothing: resolvers ask another name server, or ask again",
}
"""What users notice where the one server of its kind starts its program anew."""


COLD = "the new cache begins empty, so until it has filled pages cost their full price: do it off the peak"


def steps_of(change: Transition) -> tuple[Step, ...]:
    """Every step of a change, in order; each file that differs is in exactly one of them."""
    own = [step for stage in every_stage() for step in stage.steps(change)]
    doors = shut_doors(change)
    putting = [*_network(change, doors), *_prepare(change), *_put(change)]
    generic = [*_deliver(change), *putting, *naming(change), *closing(doors), *retiring(change)]
    return tuple(sorted((*generic, *own), key=lambda step: (step.phase, step.rank)))


def _deliver(change: Transition) -> Iterator[Step]:
    hosts = [host for host in change.after.design.hosts if _touched(change, host.name)]
    if not hosts:
        return
    copies = (f"rsync -r --delete hosts/{h.name}/rootfs/ root@{h.address}:{change.staged}/" for h in hosts)
    yield Step(
        phase=Phase.DELIVER,
        title=f"Bring the files to {listing(h.name for h in hosts)}",
        hosts=tuple(h.name for h in hosts),
        does="Copies each host's files from the unpacked bundle to a folder beside the running system. New servers run"
        " Debian 12 and let you in as root over ssh by now.",
        blocks=(here(*copies),),
        notices="nothing: no program reads these copies",
        checks=(here(*(f"ssh root@{h.address} ls {change.staged}/etc" for h in hosts)),),
        shows="what the host gets in /etc, without an error",
        back=f"remove {change.staged} on the hosts",
    )


def _touched(change: Transition, host: str) -> bool:
    old, new = change.trees_before.get(host, {}), change.trees_after[host]
    return old.keys() != new.keys() or any(differs(old[path], new[path]) for path in new)


def _network(change: Transition, shut: Doors) -> Iterator[Step]:
    items = work(change, Phase.NETWORK)
    if not items:
        return
    held = {host: (holding(rules),) for host, rules in shut.items()}
    doing = "Writes the names of all servers and the firewall of each. "
    keeping = "Doors that are still in use are held open until the change is done." if shut else ""
    yield Step(
        phase=Phase.NETWORK,
        title=f"Let the servers know and reach each other: {_names(items)}",
        hosts=tuple(item.host.name for item in items),
        does=doing + (keeping or "New doors are opened before anybody knocks.")
        + " See that you come from the administrators' network of the plan, or ssh is shut.",
        blocks=blocks(items, by_hand=items, instead=held),
        notices="nothing: open connections live on",
        checks=shared((item.host.name, ("nft list chain inet tierwright input",)) for item in items),
        shows="the doors of the plan, on every host",
        back="the lines below put the old files back and load the old rules",
        undo=shared((item.host.name, undo_lines(item)) for item in items if not item.is_new),
        files=_files(items),
    )  # fmt: skip


def _prepare(change: Transition) -> Iterator[Step]:
    """What people do on standing application servers by hand, before anything stands still for it."""
    items = [item for item in work(change, Phase.APP) if not item.is_new and item.preparations]
    if items:
        yield Step(
            phase=Phase.FILES,
            rank=2,
            title=f"Prepare {_names(items)} by hand",
            hosts=tuple(item.host.name for item in items),
            does="Secrets and code are in no bundle; have them ready before anything stands still.",
            blocks=prepared(items),
            notices="nothing: nobody reads them yet",
            checks=(),
            shows="the files are there",
            back="leave them: nobody reads them yet",
        )


def _put(change: Transition) -> Iterator[Step]:
    for phase in PUT_IN_PLACE:
        yield from (_placing(change, phase, group) for group in _groups(phase, work(change, phase)) if group)


def _groups(phase: Phase, items: Sequence[Work]) -> tuple[list[Work], ...]:
    """Hosts whose programs run already apart from those that begin to run one.

    Application servers that stand come first, so that they are back soon. A replica that stands comes before its
    primary, since it must allow as many connections; a new one comes after it, since it copies from it.
    """
    standing = [item for item in items if item.standing]
    joining = [item for item in items if not item.standing]
    if phase == Phase.APP:
        return standing, joining
    if phase == Phase.DATABASE:
        copies = [item for item in standing if _is_replica(item)]
        primaries = [item for item in (*standing, *joining) if not _is_replica(item)]
        return copies, primaries, [item for item in joining if _is_replica(item)]
    return joining, standing


def _is_replica(item: Work) -> bool:
    return any("sql_replica" in placed.component.offers.get(placed.role.name, ()) for placed in item.roles)


def _placing(change: Transition, phase: Phase, items: Sequence[Work]) -> Step:
    added = [placed for item in items for placed in item.added]
    standing = [item for item in items if not item.is_new]
    turns = len(standing) > 1 and any(item.restarts for item in standing)
    order = " One host after another: go on when its check answers." if turns else ""
    verb = "Set up" if added else "Change"
    roles = added or [placed for item in items for placed in item.standing]
    return Step(
        phase=phase,
        title=f"{verb} {titles(roles)} on {_names(items)}",
        hosts=tuple(item.host.name for item in items),
        does=f"{'Installs and starts' if added else 'Puts new files in place for'} {titles(roles)}.{order}",
        blocks=blocks(items, by_hand=[item for item in items if item.is_new or phase != Phase.APP]),
        notices=_notices(change, phase, items),
        checks=(*shared((item.host.name, health(item)) for item in items), *shared(tried_doors(change, items))),
        shows=_shows(items, tried_doors(change, items)),
        back=_back(standing, added),
        undo=shared((item.host.name, undo_lines(item)) for item in standing),
        files=_files(items),
    )


def _notices(change: Transition, phase: Phase, items: Sequence[Work]) -> str:
    standing = [item for item in items if not item.is_new]
    if phase == Phase.MOUNT and standing:
        return "files are found again when the directories are mounted"
    if not any(item.standing for item in standing):
        return NOT_YET
    if phase == Phase.APP and change.lost("sql") and change.gained("sql"):
        return "the site is back when the application has started"
    cold = f"; {COLD}" if phase == Phase.APP and _cold(change) else ""
    if not any(item.restarts for item in items):
        return RELOADED + cold
    if phase == Phase.APP and len(change.standing_apps()) > 1:
        return (
            f"nothing, as long as the other hosts carry the traffic: the balancer leaves out the one that starts{cold}"
        )
    return RESTARTED[phase] + cold


def _cold(change: Transition) -> bool:
    """Some keys will be looked for on a cache server that is new."""
    return change.before is not None and bool(change.gained("cache") and offering(change.before, "cache"))


def _shows(items: Sequence[Work], tried: Iterator[tuple[str, tuple[str, ...]]]) -> str:
    text = [line for item in items for line in health(item)]
    parts = ["active for every unit"] if any(line.startswith("systemctl") for line in text) else []
    parts += ["200 where a page is asked for"] if any(line.startswith("curl") for line in text) else []
    parts += ["open for every port"] if any(tried) else []
    return ", ".join(parts) or "no error"


def _back(standing: Sequence[Work], added: Sequence[Placed]) -> str:
    if standing:
        return "the lines below put the old files back and make the programs read them"
    return "nothing leans on it yet: leave it, or switch it off" if added else "put the old files back"


def _files(items: Sequence[Work]) -> tuple[FileChange, ...]:
    return tuple(change for item in items for change in item.changes)


def _names(items: Sequence[Work]) -> str:
    return listing(item.host.name for item in items)
