"""Redis's files: its settings, and the kernel's leave to promise more memory than there is while it copies itself."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import ConfigFile, Placed, Reason, Sizing
from topology.components.cluster import LOOPBACK
from topology.components.redis.settings import REPLICA, is_persistent, size, the_primary_of
from topology.components.rendering import Written, assignments, fixed, words

UNIT = "redis-server.service"
PATH, KERNEL = "/etc/redis/redis.conf", "/etc/sysctl.d/60-redis.conf"
PASSWORD = "/etc/redis/password.conf"
"""Lines `requirepass WORD` and `masterauth WORD`, mode 0640: made once by hand, never in a bundle."""
OWNER = "root:redis"
HEAD = "# From the design. Redis does not start without the file of its password.\n"


def files_of(placed: Placed) -> tuple[ConfigFile, ...]:
    """redis.conf in the place of the package's, and the kernel's setting."""
    sized = size(placed)
    text = HEAD + assignments([*_always(placed, sized), *_kept(sized), *_followed(placed)], sign=" ")
    reason = Reason(
        setting="vm.overcommit_memory",
        value=1,
        formula="Redis copies itself to write to the disk or to feed a replica; by 0 the kernel may refuse the copy",
    )
    return (
        ConfigFile(
            path=PATH,
            text=text,
            owner=OWNER,
            mode=0o640,
            action="restart",
            unit=UNIT,
            reasons=(*sized.reasons, *_why_followed(placed)),
        ),
        ConfigFile(
            path=KERNEL,
            text=assignments([("vm.overcommit_memory", 1)]),
            action="restart",
            unit="systemd-sysctl.service",
            reasons=(reason,),
        ),
    )


def bound_to(placed: Placed) -> list[str]:
    """Addresses on which it listens: its clients know it by its own, also those beside it, as one list for all."""
    return [LOOPBACK, placed.host.address]


def _always(placed: Placed, sized: Sizing) -> Iterator[tuple[str, Written]]:
    yield "include", PASSWORD
    yield "bind", words(*bound_to(placed))
    yield "protected-mode", "yes"
    yield "port", sized["port"]
    yield "maxclients", sized["max_clients"]
    yield "maxmemory", f"{sized['memory_mib']}mb"
    yield "maxmemory-policy", sized["eviction"]
    yield "timeout", 0
    yield "pidfile", "/run/redis/redis-server.pid"
    yield "logfile", "/var/log/redis/redis-server.log"
    yield "dir", "/var/lib/redis"


def _kept(sized: Sizing) -> Iterator[tuple[str, Written]]:
    yield "save", fixed('""')
    yield "appendonly", "yes" if is_persistent(sized) else "no"
    if is_persistent(sized):
        yield "appendfsync", "everysec"


def _followed(placed: Placed) -> Iterator[tuple[str, Written]]:
    if placed.role.name == REPLICA:
        primary = the_primary_of(placed)
        yield "replicaof", words(primary.host.address, size(primary)["port"])
        yield "replica-read-only", "yes"


def _why_followed(placed: Placed) -> tuple[Reason, ...]:
    if placed.role.name != REPLICA:
        return ()
    primary = the_primary_of(placed).host
    formula = "address of the first server with the role redis"
    return (Reason(setting="replicaof", value=primary.address, formula=formula, facts={"primary": primary.name}),)
