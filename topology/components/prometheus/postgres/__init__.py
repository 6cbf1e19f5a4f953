"""Figures of a PostgreSQL server, for Prometheus: connections, transactions, locks, how far a replica is behind.

It is beside every PostgreSQL of a design that has a Prometheus, and on no other server. It signs in over the Unix
socket as the account postgres, so there is no password to keep; its port shows figures only, to the monitoring server
alone.
The version of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components.base import Measured
from topology.components.databases import POSTGRESQL
from topology.components.prometheus.exporting import Exporter


class PostgresExporter(Exporter):
    """Figures of PostgreSQL."""

    name = "prometheus_postgres"
    title = "Prometheus PostgreSQL exporter"
    roles = {"postgres_exporter": "tells Prometheus how PostgreSQL is"}  # noqa: RUF012
    packages = {"debian12": "0.11.1", "ubuntu2404": "0.15.0"}  # noqa: RUF012
    package = "prometheus-postgres-exporter"
    port = 9187
    account = "postgres"
    source = "user=postgres host=/run/postgresql dbname=postgres sslmode=disable"
    proves = "pg_up 1"
    implied_by = frozenset({"postgresql", "postgresql_replica"})
    measured = Measured(memory_mib=16, cpu_ms=3.0, says="a scrape, 20 of them")
    before = f"""{POSTGRESQL}
make_postgres /run/database --auth=peer
start_postgres /run/database.log -D /run/database -c listen_addresses= -c unix_socket_directories=/run/postgresql
"""


COMPONENT = PostgresExporter()
