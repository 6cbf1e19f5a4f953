"""Figures of a MariaDB server, for Prometheus: connections, questions, locks, how far a replica is behind.

It is beside every MariaDB of a design that has a Prometheus, and on no other server. It signs in over the Unix socket
as the account mysql, which MariaDB makes by itself, so there is no password to keep; its port shows figures only, to
the monitoring server alone.
The version of Ubuntu 24.04 was not looked up, and it was not started there.
"""

from __future__ import annotations

from topology.components.base import Measured
from topology.components.databases import MARIADB
from topology.components.prometheus.exporting import Exporter


class MysqldExporter(Exporter):
    """Figures of MariaDB."""

    name = "prometheus_mysqld"
    title = "Prometheus MySQL exporter"
    roles = {"mysqld_exporter": "tells Prometheus how MariaDB is"}  # noqa: RUF012
    packages = {"debian12": "0.14.0", "ubuntu2404": "unknown"}  # noqa: RUF012
    package = "prometheus-mysqld-exporter"
    port = 9104
    account = "mysql"
    source = "mysql@unix(/run/mysqld/mysqld.sock)/"
    proves = "mysql_up 1"
    implied_by = frozenset({"mariadb", "mariadb_replica"})
    measured = Measured(memory_mib=16, cpu_ms=9.5, says="a scrape, 20 of them")
    before = f"""{MARIADB}
start_mariadb /run/database /run/mysqld/mysqld.sock /run/database.log --no-defaults --skip-networking \\
    --innodb-buffer-pool-size=32M
"""


COMPONENT = MysqldExporter()
