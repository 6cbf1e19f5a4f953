"""Starts PostgreSQL as its own user, and signs in from where the design lets a client in and from elsewhere."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.cluster import LOOPBACK
from topology.components.postgresql.access import client_addresses
from topology.components.postgresql.files import PORT, data_of, folder_of
from topology.components.postgresql.settings import REPLICA, primary_limits, size

_MAIN = """\
# Stands in for Debian's postgresql.conf, which ends by reading conf.d/ too.
data_directory = '{data}'
hba_file = '{folder}/pg_hba.conf'
ident_file = '{folder}/pg_ident.conf'
unix_socket_directories = '/run/postgresql'
include_dir = 'conf.d'
"""
_SCRIPT = r"""
folder=$1 data=$2 role=$3 server=$4 client=$5 stranger=$6 site=$7 port=$8
programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1) export PGCONNECT_TIMEOUT=5 PGPASSWORD=throw-away
for address in $server $client $stranger; do ip address add "$address/32" dev lo 2>/dev/null; done
mkdir -p /run/postgresql && chown postgres: /run/postgresql && chown -R postgres: "$folder"
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
install -d -o postgres -g postgres -m 0700 "$data" && cd / || exit 3
as_postgres "$programs/initdb" --no-sync --username=postgres "$data" >/run/made 2>&1 || { cat /run/made; exit 3; }
if [ "$role" = replica ]; then
    shift 8
    as_postgres "$programs/postgres" --single -D "$data" "$@" postgres </dev/null >/run/made 2>&1 || cat /run/made
    as_postgres touch "$data/standby.signal"
fi
as_postgres "$programs/postgres" -c config_file="$folder/postgresql.conf" -c shared_buffers=32MB >/run/said 2>&1 &
for try in $(seq 100); do grep -q 'ready to accept' /run/said && break; sleep 0.1; done
admin() { as_postgres psql --host=/run/postgresql --no-align --tuples-only --command="$1"; }
[ "$role" = primary ] || { admin "select 'replica: ' || pg_is_in_recovery()"; exit; }
admin "create user $site password 'throw-away'" && admin "create database $site owner $site" || cat /run/said
from() { # the kernel takes this address for the client's own
    ip route replace local "$server" dev lo src "$1" table local
    psql --no-align --tuples-only "host=$server port=$port user=$site dbname=$site" 2>&1 \
        --command="select current_user || ' from ' || host(inet_client_addr())"
}
from "$client"; from "$stranger"
"""
STRANGER = "192.0.2.99"
"""An address of the network for examples, which no plan's client has (RFC 5737)."""


def boot(stage: Stage) -> Verdict:
    """A primary lets a client of the design in with its password and a stranger not; a replica is one."""
    placed = stage.placed
    sizing, folder = size(placed), folder_of(size(placed))
    stage.scaffold(f"{folder}/postgresql.conf", _MAIN.format(data=data_of(sizing), folder=folder))
    stage.scaffold(f"{folder}/pg_ident.conf", "")
    role = "replica" if placed.role.name == REPLICA else "primary"
    client = (client_addresses(placed) or [placed.host.address])[0]
    server = LOOPBACK if client == LOOPBACK else placed.host.address
    words = (folder, data_of(sizing), role, server, client, STRANGER, placed.cluster.sites[0].database, str(PORT))
    ran = stage.run(["sh", "-c", _SCRIPT, "postgres", *words, *primary_limits(placed)], seconds=60)
    return Verdict(accepted=_is_right(ran.output, role, client), says=ran.output.strip())


def _is_right(said: str, role: str, client: str) -> bool:
    if role == "replica":
        return "replica: true" in said
    return f"from {client}" in said and f'no pg_hba.conf entry for host "{STRANGER}"' in said
