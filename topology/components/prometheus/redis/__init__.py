"""Figures of a Redis server, for Prometheus: memory, look-ups, what gave way, how far a replica is behind.

It is beside every Redis of a design that has a Prometheus, and on no other server. It knows the password from a file
that a preparation makes of Redis's own; its port shows figures only, to the monitoring server alone.
The version of Ubuntu 24.04 was not looked up, and it was not started there.
"""

from __future__ import annotations

from topology.components.base import Measured, Placed, Preparation
from topology.components.prometheus.exporting import Exporter
from topology.components.rendering import option
from topology.errors import Place, TierwrightError

PASSWORD = "/etc/redis/password.conf"
"""Where Redis has it, in a line `requirepass WORD`."""
ENVIRONMENT = "/etc/redis/exporter.env"
ROLES = frozenset({"redis", "redis_replica"})


class RedisExporter(Exporter):
    """Figures of Redis."""

    name = "prometheus_redis"
    title = "Prometheus Redis exporter"
    roles = {"redis_exporter": "tells Prometheus how Redis is"}  # noqa: RUF012
    packages = {"debian12": "1.45.0", "ubuntu2404": "unknown"}  # noqa: RUF012
    package = "prometheus-redis-exporter"
    port = 9121
    environment = ENVIRONMENT
    proves = "redis_up 1"
    implied_by = ROLES
    measured = Measured(memory_mib=13, cpu_ms=1.5, says="a scrape, 20 of them")
    before = r"""
redis-server --port 6379 --bind 127.0.0.1 --requirepass throw-away --save '' >/run/redis.log 2>&1 &
export REDIS_PASSWORD=throw-away
"""

    def further(self, placed: Placed) -> tuple[str, ...]:
        """The Redis beside it."""
        beside = next((role for role in placed.cluster.by_host[placed.host.name] if role.role.name in ROLES), None)
        if beside is None:
            raise TierwrightError(
                f"{placed.host.name} is to tell how its Redis is, but runs none; leave the role redis_exporter out, it"
                " comes by itself beside every Redis",
                place=Place(path=f"tier {placed.host.tier}"),
            )
        port = next(endpoint.port for endpoint in placed.cluster.endpoints_of(beside))
        return (option("--redis.addr", f"redis://127.0.0.1:{port}"),)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The password of Redis, as the exporter reads it."""
        return (
            Preparation(
                does=f"Hand the password of Redis to the exporter; do it once {PASSWORD} is there.",
                lines=(f"(umask 077; sed -n 's/^requirepass /REDIS_PASSWORD=/p' {PASSWORD} >{ENVIRONMENT})",),
                secrets=(ENVIRONMENT,),
            ),
        )


COMPONENT = RedisExporter()
