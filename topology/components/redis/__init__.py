"""Redis: a cache that all app servers share, with a replica that may answer look-ups, and the queue for jobs.

Use it where a site has jobs for later, or wants counters, locks and sets beside its cache; for pages and values
alone memcached does with less. Django writes to the primary and reads from the replicas, so that a value may be some
milliseconds old. As a queue it keeps its jobs on the disk and forgets nothing: when it is full it refuses. A site
that caches much gives its queue a Redis of its own, with `serves: broker`.
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
    Need,
    Placed,
    Preparation,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.reading import Reading, Texts
from topology.components.redis.boot import boot
from topology.components.redis.cost import demand_of_request, memory_of
from topology.components.redis.files import PASSWORD, files_of
from topology.components.redis.reader import reading_of
from topology.components.redis.settings import OWN_PORT, PRIMARY, REPLICA, RedisSettings, serves_of, size
from topology.components.redis.validate import check
from topology.workload import Kind, RequestClass


class Redis(Component):
    """The shared cache and the queue."""

    name = "redis"
    title = "Redis, with a replica"
    roles = {  # noqa: RUF012
        PRIMARY: "shared cache, and the queue where there are workers for jobs; the one that is written to",
        REPLICA: "copies the primary as it changes, answers look-ups, and can take its place",
    }
    offers = {PRIMARY: ("cache", "broker", "cache_primary"), REPLICA: ("cache",)}  # noqa: RUF012
    packages = {"debian12": "7.0.15", "ubuntu2404": "7.0.15"}  # noqa: RUF012
    package = "redis-server"
    settings = RedisSettings
    apart = {PRIMARY: (REPLICA,), REPLICA: (PRIMARY,)}  # noqa: RUF012
    evidence = "booted"
    answer = "a value is stored and read back"
    measured = Measured(memory_mib=5, cpu_ms=0.02, says="a look-up of 1 kB, 2,000 one after the other; a primary alone")
    validator = Validator(
        program="redis-server",
        package="redis-server",
        says="redis-server with /etc/redis/redis.conf, and CONFIG GET asked of it",
        check=check,
        boot=boot,
    )
    logs = (
        Log(path="/var/log/redis/redis-server.log", says="starts, copies to the disk and to replicas, lost links"),
        Log(path="journal: redis-server.service", says="why it did not start"),
    )
    troubles = (
        Trouble(
            sees="OOM command not allowed when used memory > 'maxmemory'",
            does="It is full and, being a queue, forgets nothing. See by `redis-cli -n 1 llen celery` whether jobs pile"
            " up: start workers, or give the cache and the queue a Redis each.",
        ),
        Trouble(
            sees="NOAUTH Authentication required, or WRONGPASS",
            does=f"The word in {PASSWORD} is not the one in /etc/SITE/secrets/redis_password; it is the same on all"
            " servers.",
        ),
        Trouble(
            sees="MASTERDB link is down on a replica, or an old value is read",
            does="INFO replication tells the link and how far it is behind. Where a page must see its own write at"
            " once, keep it out of the cache, or take the replica out of the plan.",
        ),
        Trouble(
            sees="The primary is lost",
            does="On the replica: REPLICAOF NO ONE. Then exchange the two roles in the plan and export, so that every"
            " site writes to the new one. What the old one had not sent yet is lost.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """One port for all that it serves."""
        written = placed.written.port if isinstance(placed.written, RedisSettings) else None
        port, serves = written or OWN_PORT, serves_of(placed)
        cache = Endpoint(service="cache", port=port, carries=DYNAMIC, speaks="redis")
        queue = Endpoint(service="broker", port=port, speaks="redis")
        found = [] if serves == "broker" else [cache]
        if placed.role.name == PRIMARY:
            found += [] if serves == "cache" else [queue]
            found.append(Endpoint(service="cache_primary", port=port, speaks="redis"))
        return tuple(found)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """A replica follows the primary."""
        if placed.role.name == REPLICA:
            return (Need(services=("cache_primary",), why="copies every change", connections=1),)
        return ()

    def size(self, placed: Placed) -> Sizing:
        """Memory, connections and what gives way."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """redis.conf and the kernel's setting."""
        return files_of(placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Addresses, connections and the primary."""
        return reading_of(texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The password, without which it does not start."""
        return (
            Preparation(
                does=f"Put the password of Redis into {PASSWORD}, the same on every server of Redis, of letters and"
                " digits alone (openssl rand -hex 24 makes one); the sites get it as their secret redis_password.",
                lines=(
                    "read -rsp 'Password of Redis: ' word; echo",
                    f'(umask 077; printf \'requirepass %s\\nmasterauth %s\\n\' "$word" "$word" >{PASSWORD})',
                    f"chgrp redis {PASSWORD} && chmod 0640 {PASSWORD}",
                ),
                secrets=(PASSWORD,),
            ),
        )

    def memory(self, placed: Placed) -> Memory:
        """Data, a copy while it is written, connections."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A look-up for each that the class makes."""
        return demand_of_request(placed, kind, item)


COMPONENT = Redis()
