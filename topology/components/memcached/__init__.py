"""The cache that all app servers share: pages and values kept in memory, lost at a restart, never the only copy.

The list of servers must be the same, as text and in order, on every app server, or each looks for a key elsewhere.
"""

from __future__ import annotations

from topology.components.base import (
    DYNAMIC,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Placed,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.memcached.reader import reading_of
from topology.components.memcached.settings import (
    CONNECTION_MIB,
    OVERHEAD_SHARE,
    OWN_MIB,
    MemcachedSettings,
    size,
)
from topology.components.memcached.validate import PATH, boot, check
from topology.components.reading import Reading, Texts
from topology.components.rendering import words
from topology.demands import MEMCACHED_GET, demand_of
from topology.value import Estimate, estimate
from topology.workload import Kind, RequestClass

ONE_LOOKUP = estimate(1)
MEASURED = "measured: 5 MiB, about 1 % of a full cache, 0.8 kB a connection"


class Memcached(Component):
    """The shared cache."""

    name = "memcached"
    title = "memcached"
    roles = {"memcached": "shared cache in memory"}  # noqa: RUF012
    offers = {"memcached": ("cache",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "1.6.18", "ubuntu2404": "1.6.24"}  # noqa: RUF012
    package = "memcached"
    settings = MemcachedSettings
    evidence = "booted"
    answer = "a value is stored and read back"
    measured = Measured(memory_mib=3, cpu_ms=0.01, says="a look-up of 1 kB, 2,000 one after the other")
    validator = Validator(
        program="memcached",
        package="memcached",
        says="memcached with the options of /etc/memcached.conf, and `stats settings` asked of it",
        check=check,
        boot=boot,
    )
    logs = (Log(path="journal: memcached.service", says="starts and refusals; what is asked is not logged"),)
    troubles = (
        Trouble(
            sees="Few pages come from the cache, and each server is busy with its own",
            does="Compare CACHES on all application servers: the list must be the same text in the same order. Then ask"
            " `stats` for get_hits, get_misses and evictions; many evictions mean that it is too small.",
        ),
        Trouble(
            sees="Errors go on after a server of the cache is back",
            does="The client keeps broken connections where ignore_exc is off. The plan's settings have it on: a lost"
            " server is a miss. Look for a CACHES of the site's own.",
        ),
        Trouble(
            sees="A value is never found though it was set",
            does="It is larger than max_item_mib, or it was pushed out. `stats` counts what was too large.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """The cache's port, on the private address only."""
        port = placed.written.port or 11211  # type: ignore[attr-defined]
        return (Endpoint(service="cache", port=port, carries=DYNAMIC, speaks="memcached"),)

    def size(self, placed: Placed) -> Sizing:
        """Memory, connections and threads."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/memcached.conf, as Debian's unit reads it."""
        sizing = size(placed)
        options = (
            words("-m", sizing["memory_mib"]),
            words("-p", sizing["port"]),
            words("-l", placed.host.address),
            words("-c", sizing["connections"]),
            words("-t", sizing["threads"]),
            words("-I", f"{sizing['max_item_mib']}m"),
            words("-U", 0),
            words("-u", "memcache"),
            words("-P", "/var/run/memcached/memcached.pid"),
        )
        text = "# From the design; a restart empties the cache.\n" + "".join(f"{option}\n" for option in options)
        return (ConfigFile(path=PATH, text=text, action="restart", unit="memcached.service", reasons=sizing.reasons),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Where it listens, and for how many."""
        return reading_of(texts)

    def memory(self, placed: Placed) -> Memory:
        """The cache, which fills up in time, and what memcached takes beside it."""
        cache_mib = size(placed)["memory_mib"]
        clients = placed.cluster.connections_to(placed.host.name, "cache")
        own = OWN_MIB + cache_mib * OVERHEAD_SHARE + clients * CONNECTION_MIB
        return Memory(
            parts={
                "cache": Estimate(low=0, mid=cache_mib, high=cache_mib, basis="given", source="fills up in time"),
                "memcached": Estimate(low=OWN_MIB, mid=own, high=2 * own, basis="default", source=MEASURED),
            }
        )

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A look-up for each that the class makes, and one more where its pages may be cached whole."""
        if kind not in DYNAMIC:
            return None
        demand = demand_of(item, kind)
        whole = ONE_LOOKUP.scaled(1 if demand.cached_share.high else 0)
        lookups = demand.cache_lookups.plus(whole)
        return Demand(cpu_ms=MEMCACHED_GET.times(lookups), calls=max(1.0, float(lookups.mid)))


COMPONENT = Memcached()
