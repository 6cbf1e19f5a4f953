"""Figures of a PostgreSQL server, for Prometheus: connections, transactions, locks, how far a replica is behind.

It is beside every PostgreSQL of a design that has a Prometheus, and on no other server. It signs in over the Unix
socket as the account postgres, so there is no password to keep; its port shows figures only, to the monitoring server
alone.
The version of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components.base import Measured
from topology.components.prometheus.exporting import METRICS, Exporter
from topology.demands import guess


class PostgresExporter(Exporter):
    """Figures of PostgreSQL."""

    name = "prometheus_postgres"
    title = "Prometheus PostgreSQL exporter"
    roles = {"postgres_exporter": "tells Prometheus how PostgreSQL is"}  # noqa: RUF012
    offers = {"postgres_exporter": (METRICS,)}  # noqa: RUF012
    packages = {"debian12": "0.11.1", "ubuntu2404": "0.15.0"}  # noqa: RUF012
    package = "prometheus-postgres-exporter"
    program = "prometheus-postgres-exporter"
    port = 9187
    account = "postgres"
    source = "user=postgres host=/run/postgresql dbname=postgres sslmode=disable"
    proves = "pg_up 1"
    implied_by = frozenset({"postgresql", "postgresql_replica"})
    own_mib = guess(10, 20, 40, "near what its start in the tests took")
    evidence = "booted"
    measured = Measured(memory_mib=16, cpu_ms=3.0, says="a scrape, 20 of them")
    answer = "GET /metrics: 200, pg_up 1"
    before = r"""
programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
mkdir -p /run/postgresql /run/database && chown postgres: /run/postgresql /run/database
as() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
as "$programs/initdb" --no-sync -A peer /run/database >/run/made 2>&1
as "$programs/postgres" -D /run/database -c listen_addresses= -c unix_socket_directories=/run/postgresql \
    >/run/database.log 2>&1 &
for try in $(seq 100); do grep -q 'ready to accept' /run/database.log && break; sleep 0.1; done
"""


COMPONENT = PostgresExporter()
