"""What requests cost: the measured table of service demands, on the reference core, each with its source.

Reference core: one vCPU of an AMD EPYC of the Milan class. All figures are CPU milliseconds a request, measured
with Django 5.2 on Python 3.11, gunicorn, PostgreSQL 15, nginx 1.22, HAProxy 2.6 and memcached 1.6 under wrk and
pgbench on loopback; repeated runs of one case differed by about 30 percent, which is the range of a default.
Figures that others published, and those that are no CPU time, say so and name their unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from topology.value import Amount, Estimate, estimate
from topology.workload import Kind, RequestClass, Workload

TABLE = "measured table of demands (Django 5.2, EPYC Milan), +-30 %"


def measured(cpu_ms: float) -> Estimate:
    """A figure of the measured table with its range of 30 percent."""
    return Estimate(low=cpu_ms * 0.7, mid=cpu_ms, high=cpu_ms * 1.3, basis="default", source=TABLE)


def guess(low: float, mid: float, high: float, why: str) -> Estimate:
    """A guess that says so."""
    return Estimate(low=low, mid=mid, high=high, basis="guess", source=why)


def _published(low: float, mid: float, high: float, source: str) -> Estimate:
    """A figure that others measured elsewhere."""
    return Estimate(low=low, mid=mid, high=high, basis="default", source=source)


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
PAGE_DISK = guess(
    0.0,
    0.1,
    1.25,
    "ms a page; none where the database is in memory, at most ten random reads of a local solid-state disk",
)
API_DISK = guess(
    0.0,
    0.05,
    0.5,
    "ms a call; none where the database is in memory, at most four random reads of a local solid-state disk",
)
CPU_SCV = guess(
    0.3, 1.0, 4.0, "1 is an exponential spread; one costly page among cheap ones is above, like pages below"
)
NO_CACHE = Estimate(low=0, mid=0, high=0, basis="default", source="no caching is assumed until the plan says so")

READ_DISK = _published(0.08, 0.125, 0.2, "service-capacity-modeling 0.3.212, local drives of i3en.large")
"""Milliseconds of one random read from a local solid-state disk."""
READ_NETWORK_DISK = _published(0.8, 1.05, 1.8, "service-capacity-modeling 0.3.212, drive gp3")
"""Milliseconds of one random read from a network volume (AWS gp3)."""
CLIENT_MBIT = _published(
    20, 55, 107, "Ookla Speedtest Global Index: mobile 2017, mobile and fixed July 2021, global means"
)
"""Mbit/s of a client's line: mean of mobile lines in 2017 (low), of mobile (middle) and fixed lines (high) in 2021."""
CLIENT_RTT_MS = _published(64, 139, 265, "Chrome UX Report, December 2024, 49,543 sites, as shown by treo.sh/rtt")
"""Round trip that three visits of four to a site stay under: in the middle site of all (middle), in the best tenth on
desktops (low) and in the worst tenth of all (high). Most visits are shorter."""
THINK_SECONDS = _published(3.5, 7, 14, "TPC-W 1.8 (2002), think time; half and twice as the range")
"""Seconds between an answer and a person's next request in the benchmark of a shop; of pages, not of their files."""
BURSTINESS = guess(1.0, 2.0, 10.0, "1 is Poisson; browsers ask for a page's files in one go, so whole logs lie above")
POPULARITY = _published(0.64, 0.73, 0.83, "Breslau et al., Web caching and Zipf-like distributions (INFOCOM 1999)")
"""Exponent of Zipf's law in six traces of web proxies; the middle is that of the two ends."""
HOT_SHARE = guess(0.05, 0.2, 0.6, "part of an unknown database that is read all the time")


@dataclass(frozen=True, kw_only=True)
class ClassDemand:
    """What one request of a class costs, everything filled in."""

    app_cpu_ms: Estimate
    database_cpu_ms: Estimate
    database_calls: Estimate
    cache_lookups: Estimate
    cached_share: Estimate
    disk_ms: Estimate
    cpu_scv: Estimate


def demand_of(item: RequestClass, kind: Kind) -> ClassDemand:
    """The demands of a class: what the workload says, and the table's or a guess for the rest."""
    app, database, disk = (API_APP, API_DATABASE, API_DISK) if kind == "api" else (PAGE_APP, PAGE_DATABASE, PAGE_DISK)
    return ClassDemand(
        app_cpu_ms=_or(item.app_cpu_ms, app),
        database_cpu_ms=_or(item.database_cpu_ms, database),
        database_calls=_or(item.database_calls, guess(1, 5, 30, "queries of an unknown page")),
        cache_lookups=_or(item.cache_lookups, guess(0, 1, 5, "cache look-ups of an unknown page")),
        cached_share=_or(item.cached_share, NO_CACHE),
        disk_ms=_or(item.disk_ms, disk),
        cpu_scv=_or(item.cpu_scv, CPU_SCV),
    )


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is asked beside the classes, everything filled in."""

    burstiness: Estimate
    client_mbit: Estimate
    client_rtt_ms: Estimate
    think_seconds: Estimate
    popularity: Estimate
    working_set_gib: Estimate | None
    """None where the size of the database is not known either."""


def surroundings_of(workload: Workload) -> Surroundings:
    """What the workload says of its clients, bursts and pages, and the table's figure or a guess for the rest."""
    database = None if workload.database_gib is None else estimate(workload.database_gib)
    hot = None if database is None else database.times(HOT_SHARE)
    return Surroundings(
        burstiness=_or(workload.burstiness, BURSTINESS),
        client_mbit=_or(workload.client_mbit, CLIENT_MBIT),
        client_rtt_ms=_or(workload.client_rtt_ms, CLIENT_RTT_MS),
        think_seconds=_or(workload.think_seconds, THINK_SECONDS),
        popularity=_or(workload.popularity, POPULARITY),
        working_set_gib=hot if workload.working_set_gib is None else estimate(workload.working_set_gib),
    )


def bytes_of(item: RequestClass, kind: Kind) -> Estimate:
    """The mean size of an answer in bytes: measured where the log tells, else a guess by kind."""
    if item.bytes is not None:
        return estimate(item.bytes.mean, basis="measured", source="access log")
    mid = {"page": 20_000, "api": 2_000, "static": 20_000, "media": 80_000}[kind]
    return guess(mid / 4, mid, mid * 4, f"size of a {kind} answer of an unknown site")


def _or(amount: Amount | None, default: Estimate) -> Estimate:
    return default if amount is None else estimate(amount)
