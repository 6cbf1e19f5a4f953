"""What requests cost: the measured table of service demands, on the reference core, each with its source.

Reference core: one vCPU of an AMD EPYC of the Milan class. All figures are CPU milliseconds a request, measured
with Django 5.2 on Python 3.11, gunicorn, PostgreSQL 15, nginx 1.22, HAProxy 2.6 and memcached 1.6 under wrk and
pgbench on loopback; repeated runs of one case differed by about 30 percent, which is the range of a default.
"""

from __future__ import annotations

from dataclasses import dataclass

from topology.value import Amount, Estimate, estimate
from topology.workload import Kind, RequestClass

TABLE = "measured table of demands (Django 5.2, EPYC Milan), +-30 %"


def measured(cpu_ms: float) -> Estimate:
    """A figure of the measured table with its range of 30 percent."""
    return Estimate(low=cpu_ms * 0.7, mid=cpu_ms, high=cpu_ms * 1.3, basis="default", source=TABLE)


def guess(low: float, mid: float, high: float, why: str) -> Estimate:
    """A guess that says so."""
    return Estimate(low=low, mid=mid, high=high, basis="guess", source=why)


NGINX_FILE = measured(0.0512)
"""A file of about 1 to 16 kB by nginx, a new connection for each request (0.051 ms; 0.027 kept alive)."""
NGINX_PROXY = measured(0.0895)
"""A proxy pass by nginx with a new connection to the application (0.0895 ms; 0.028 with kept ones)."""
HAPROXY_PASS = measured(0.0646)
"""A request through HAProxy with a new client connection (0.0646 ms; 0.0315 kept alive)."""
MEMCACHED_GET = measured(0.0175)
"""A look-up in memcached, 1 kB, not pipelined."""
CACHED_PAGE_APP = measured(1.0276)
"""A page of 20 kB taken from memcached by Django under gunicorn."""
CONNECT_DATABASE = measured(7.05)
"""What the database pays for a connection opened anew in each request (CONN_MAX_AGE = 0)."""
POOLED_QUERY = measured(0.022)
"""A query through PgBouncer 1.18 in transaction mode (pgbench select-only over loopback, 4 clients)."""
NFS_READ = guess(0.02, 0.05, 0.2, "the NFS server's CPU a read was not measured")

PAGE_APP = guess(2.0, 12.0, 60.0, "a page of an unknown site: 5 queries and a template of 100 rows cost 3.6 + 5.2 ms")
PAGE_DATABASE = guess(0.3, 2.0, 12.0, "an unknown site's queries: 1 to 20 simple ones cost 0.16 to 2.3 ms")
API_APP = guess(1.0, 4.0, 20.0, "an API call of an unknown site: 1 to 5 queries cost 1.1 to 3.6 ms")
API_DATABASE = guess(0.15, 0.7, 5.0, "an unknown site's queries: 1 to 5 simple ones cost 0.16 to 0.7 ms")
NO_CACHE = Estimate(low=0, mid=0, high=0, basis="default", source="no caching is assumed until the plan says so")


@dataclass(frozen=True, kw_only=True)
class ClassDemand:
    """What one request of a class costs, everything filled in."""

    app_cpu_ms: Estimate
    database_cpu_ms: Estimate
    database_calls: Estimate
    cache_lookups: Estimate
    cached_share: Estimate


def demand_of(item: RequestClass, kind: Kind) -> ClassDemand:
    """The demands of a class: what the workload says, and the table's or a guess for the rest."""
    app, database = (API_APP, API_DATABASE) if kind == "api" else (PAGE_APP, PAGE_DATABASE)
    return ClassDemand(
        app_cpu_ms=_or(item.app_cpu_ms, app),
        database_cpu_ms=_or(item.database_cpu_ms, database),
        database_calls=_or(item.database_calls, guess(1, 5, 30, "queries of an unknown page")),
        cache_lookups=_or(item.cache_lookups, guess(0, 1, 5, "cache look-ups of an unknown page")),
        cached_share=_or(item.cached_share, NO_CACHE),
    )


def bytes_of(item: RequestClass, kind: Kind) -> Estimate:
    """The mean size of an answer in bytes: measured where the log tells, else a guess by kind."""
    if item.bytes is not None:
        return estimate(item.bytes.mean, basis="measured", source="access log")
    mid = {"page": 20_000, "api": 2_000, "static": 20_000, "media": 80_000}[kind]
    return guess(mid / 4, mid, mid * 4, f"size of a {kind} answer of an unknown site")


def _or(amount: Amount | None, default: Estimate) -> Estimate:
    return default if amount is None else estimate(amount)
