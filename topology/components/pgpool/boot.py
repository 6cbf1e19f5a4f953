"""Starts pgpool before a primary and its replicas made for the purpose, writes through it, and counts who was read."""

from __future__ import annotations

from topology.components import booting, databases
from topology.components.base import Stage, Verdict
from topology.components.cluster import LOOPBACK
from topology.components.pgpool.files import ACCESS, CONFIG, KEY, backends_of, listens_on, mode_of
from topology.components.pgpool.preparations import preparations_of
from topology.components.pgpool.settings import size

_START = r"""
mode=$1 backends=$2 pool=$3 port=$4 client=$5 sites=$6 config=$7 access=$8 key=$9 prepared=${10}
export PGPASSWORD=throw-away
mkdir -p /run/databases /var/log/postgresql && chown postgres: /run/databases /var/log/postgresql
for address in $client $pool; do ip address add "$address/32" dev lo 2>/dev/null; done
first=
for place in $backends; do
    address=${place%:*} data=/run/databases/${place%:*}
    ip address add "$address/32" dev lo 2>/dev/null
    if [ -z "$first" ]; then
        make_postgres "$data"
        echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
    else
        as_postgres pg_basebackup --host="/run/postgresql/$first" --pgdata="$data" --checkpoint=fast >/run/made 2>&1
        [ "$mode" = slony ] || as_postgres touch "$data/standby.signal"
        echo "primary_conninfo = 'host=/run/postgresql/$first'" >>"$data/postgresql.auto.conf"
    fi
    mkdir -p "/run/postgresql/$address" && chown postgres: "/run/postgresql/$address"
    start_postgres "/run/$address.said" -D "$data" -c listen_addresses="$address" -c port="${place#*:}" \
        -c shared_buffers=32MB -c unix_socket_directories="/run/postgresql/$address" -c fsync=off
    if [ -z "$first" ]; then
        first=$address
        for site in $sites; do
            add_site "$site" --host="/run/postgresql/$address"
            psql --host="$address" "user=$site dbname=$site" --quiet \
                --command='create table pages (number int primary key)'
        done
    fi
done
eval "$prepared" || exit 3
for site in $sites; do pg_enc -m -k "$key" -f "$config" -u "$site" throw-away >/run/made 2>&1 || cat /run/made; done
chown -R postgres: /etc/pgpool2
[ "$pool" = 127.0.0.1 ] || ip route replace local "$pool" dev lo src "$client" table local
PGPOOLKEYFILE=$key as_postgres pgpool -n -D -f "$config" -a "$access" -F /etc/pgpool2/pcp.conf >/run/said 2>&1 &
"""
_ASK = r"""
mode, backends, pool, port, client, sites = sys.argv[1:7]
import psycopg
wait_port(pool, port)
def pgpool_cpu():
    spent = 0
    for pid in others():
        try:
            fields = open(f"/proc/{pid}/stat").read()
        except OSError:  # ended meanwhile
            continue
        spent += sum(map(int, fields.rpartition(")")[2].split()[11:13])) if name_of(pid) == "pgpool" else 0
    return spent / TICK
def come(site, password="throw-away"):
    return psycopg.connect(host=pool, port=port, user=site, password=password, dbname=site, autocommit=True,
        prepare_threshold=None, connect_timeout=PATIENCE)
for site in sites.split():
    line = wait_for(lambda: come(site), passing=psycopg.OperationalError)
    row = line.execute("insert into pages values (1) returning host(inet_server_addr())").fetchone()
    print(f"{site} wrote through the pool to", row[0])
def nodes():  # by a connection of its own: one that is older than a replica's start never reads there
    global line
    line = come(sites.split()[0])
    cursor = line.execute("show pool_nodes")
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]
def are_up(seen):
    return all(node["status"] == "up" for node in seen) and seen[0]["role"] in ("primary", "main")
seen = wait_for(nodes, are_up, passing=psycopg.OperationalError)
read = {}
for number in range(120):
    address = line.execute("select host(inet_server_addr()) from (select 1) as read").fetchone()[0]
    read[address] = read.get(address, 0) + 1
counts = ", ".join(f"{count} on {address}" for address, count in sorted(read.items()))
states = ", ".join(f"{node['hostname']} is {node['role']}, {node['status']}" for node in seen)
print(f"reads spread over {len(read)} servers: {counts}; {states}")
if len(backends.split()) > 1 and len(read) < 2:
    raise SystemExit("all reads went to one server")
try:
    come(sites.split()[0], "guessed")
    print("a wrong password came in")
except psycopg.OperationalError as error:
    print("a wrong password is refused")
spent = pgpool_cpu()
measured(lambda: line.execute("select number from pages where number = 1").fetchone(), 1000, "a row through the pool")
print(f"of it pgpool's own: {(pgpool_cpu() - spent) * 1000 / 1001:.3f} ms")
only("pgpool")
print(f"pgpool holds {memory_mib():.0f} MiB in {len(others())} processes")
"""


def boot(stage: Stage) -> Verdict:
    """Every site writes through it to the primary, and reads are spread over all servers."""
    placed = stage.placed
    backends, cluster = backends_of(placed), placed.cluster
    edges = [edge for edge in cluster.edges_to(placed.host.name, "pool") if not edge.local]
    client = cluster.host(edges[0].client).address if edges else LOOPBACK
    sites = [site.database for site in cluster.sites]
    lines = [line for item in preparations_of(placed) for line in item.lines if not line.startswith("pg_enc")]
    words = (
        *(mode_of(placed), " ".join(f"{backend.address}:{backend.port}" for backend in backends)),
        *(listens_on(placed), str(size(placed)["port"]), client, " ".join(sites)),
        *(CONFIG, ACCESS, KEY, " && ".join(lines)),
    )
    expects = [f"{name} wrote through the pool to {backends[0].address}" for name in sites]
    expects += [
        f"reads spread over {len(backends)} servers",
        f"{backends[0].address} is {'main' if mode_of(placed) == 'slony' else 'primary'}, up",
        "a wrong password is refused",
    ]
    return booting.boot(stage, start=databases.POSTGRESQL + _START, ask=_ASK, expects=expects, words=words)
