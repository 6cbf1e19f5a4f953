"""The cache that all app servers share: pages and values kept in memory, lost at a restart, never the only copy.

The list of servers must be the same, as text and in order, on every app server, or each looks for a key elsewhere.
"""

from __future__ import annotations

from topology.components.base import DYNAMIC, Component, ConfigFile, Demand, Endpoint, Memory, Placed, Sizing, Validator
from topology.components.memcached.settings import (
    CONNECTION_MIB,
    OVERHEAD_SHARE,
    OWN_MIB,
    MemcachedSettings,
    size,
)
from topology.components.memcached.validate import PATH, boot, check
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
    validator = Validator(
        program="memcached",
        package="memcached",
        says="memcached with the options of /etc/memcached.conf, and `stats settings` asked of it",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """The cache's port, on the private address only."""
        return (Endpoint(service="cache", port=placed.written.port or 11211, carries=DYNAMIC),)  # type: ignore[attr-defined]

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
