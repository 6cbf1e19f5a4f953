"""The cache that all app servers share: pages and values kept in memory, lost at a restart, never the only copy.

The list of servers must be the same, as text and in order, on every app server, or each looks for a key elsewhere.
"""

from __future__ import annotations

from topology.components.base import DYNAMIC, Component, ConfigFile, Demand, Endpoint, Memory, Placed, Sizing, Validator
from topology.components.memcached.settings import OVERHEAD_MIB, MemcachedSettings, size
from topology.components.memcached.validate import PATH, check
from topology.components.rendering import words
from topology.demands import MEMCACHED_GET, demand_of
from topology.value import Estimate, estimate
from topology.workload import Kind, RequestClass


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
    validator = Validator(
        program="memcached",
        package="memcached",
        says="memcached with the options of /etc/memcached.conf, and `stats settings` asked of it",
        check=check,
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
        """The whole cache, which fills up in time, and memcached's own."""
        cache = estimate(size(placed)["memory_mib"], source="memory that memcached may fill")
        return Memory(parts={"cache": cache, "memcached": OVERHEAD_MIB})

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A look-up for each that the class makes, and one more for a page that may be cached whole."""
        demand = demand_of(item, kind)
        lookups = Estimate(
            low=demand.cache_lookups.low + (1 if demand.cached_share.high else 0),
            mid=demand.cache_lookups.mid + (1 if demand.cached_share.mid else 0),
            high=demand.cache_lookups.high + (1 if demand.cached_share.high else 0),
            basis=demand.cache_lookups.basis,
            source=demand.cache_lookups.source,
        )
        cost = Estimate(
            low=lookups.low * MEMCACHED_GET.low,
            mid=lookups.mid * MEMCACHED_GET.mid,
            high=lookups.high * MEMCACHED_GET.high,
            basis=lookups.basis,
            source=f"{MEMCACHED_GET.source}, times the look-ups of the class",
        )
        return Demand(cpu_ms=cost, calls=max(1.0, float(lookups.mid)))


COMPONENT = Memcached()
