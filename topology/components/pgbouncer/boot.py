"""Starts PgBouncer before a PostgreSQL made for the purpose, and signs in through it with a SCRAM secret."""

from __future__ import annotations

from topology.components import booting, databases
from topology.components.base import Stage, Verdict
from topology.components.cluster import LOOPBACK
from topology.components.pgbouncer.files import CONFIG, USERS, database_place
from topology.components.pgbouncer.preparations import users_query
from topology.components.pgbouncer.settings import size

_START = r"""
server=$1 server_port=$2 pool=$3 port=$4 config=$5 users=$6 query=$7; shift 7
data=/run/database
export PGCONNECT_TIMEOUT=60 PGPASSWORD=throw-away
for address in $server $pool; do ip address add "$address/32" dev lo 2>/dev/null; done
mkdir -p /var/log/postgresql && chown postgres: /var/log/postgresql
make_postgres $data
echo 'host all all all scram-sha-256' >>$data/pg_hba.conf
start_postgres /run/said -D $data -c listen_addresses="$server" -c port="$server_port" \
    -c unix_socket_directories=/run/postgresql
place="--host=/run/postgresql --port=$server_port"
for site in "$@"; do add_site "$site" $place; done
as_postgres psql $place --quiet --no-align --tuples-only --command="$query" >"$users"
chown -R postgres: /etc/pgbouncer
as_postgres pgbouncer "$config" >/run/pooled 2>&1 &
for try in $(seq 600); do [ -S "/run/postgresql/.s.PGSQL.$port" ] && break; sleep 0.1; done
cat /run/said /run/pooled >/run/both 2>/dev/null; mv /run/both /run/said
set -- "$pool" "$port" "$@"
"""
_ASK = r"""
import psycopg
pool, port, sites = sys.argv[1], sys.argv[2], sys.argv[3:]
wait_port(pool, port)
for site in sites:
    line = psycopg.connect(host=pool, port=port, user=site, password="throw-away", dbname=site, autocommit=True,
        prepare_threshold=None, connect_timeout=PATIENCE)
    print(line.execute("select current_user || ' is let through to ' || current_database()").fetchone()[0])
line.execute("create table pages (number int primary key)")
line.execute("insert into pages values (1)")
measured(lambda: line.execute("select number from pages where number = 1").fetchone(), 1000, "a row through the pool")
"""


def boot(stage: Stage) -> Verdict:
    """Every site's user must get through to its own database."""
    placed = stage.placed
    address, port = database_place(placed)
    pool = LOOPBACK if placed.cluster.only_local(placed.host.name, "pool") else placed.host.address
    sites = [site.database for site in placed.cluster.sites]
    stage.scaffold(USERS, "")
    words = (address, str(port), pool, str(size(placed)["port"]), CONFIG, USERS, users_query(placed), *sites)
    expects = [f"{name} is let through to {name}" for name in sites]
    return booting.boot(stage, start=databases.POSTGRESQL + _START, ask=_ASK, expects=expects, words=words)
