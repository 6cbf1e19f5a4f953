"""Starts PostgreSQL from its files, signs in as a client and as a stranger, and follows a row to the replica."""

from __future__ import annotations

from topology.components import booting, databases
from topology.components.base import Placed, Stage, Verdict
from topology.components.cluster import LOOPBACK
from topology.components.postgresql.access import REPLICATOR, client_addresses
from topology.components.postgresql.files import PASSFILE, PORT, data_of, folder_of, the_primary_of
from topology.components.postgresql.preparations import preparations_of
from topology.components.postgresql.settings import REPLICA, replicas_of, size

STRANGER = "192.0.2.99"
"""An address of the network for examples, which no plan's client has (RFC 5737)."""
_MAIN = """\
# Stands in for Debian's postgresql.conf, which ends by reading conf.d/ too; the log goes where the test reads it.
data_directory = '{data}'
hba_file = '{folder}/pg_hba.conf'
ident_file = '{folder}/pg_ident.conf'
unix_socket_directories = '/run/postgresql/{name}'
include_dir = 'conf.d'
shared_buffers = 32MB
archive_mode = off
"""
_START = r"""
primary=$1 replica=$2 own=$3 site=$4 port=$5 folders=$6 data=$7 copy=$8 mark=$9
for address in "$primary" "$replica" "${10}" 192.0.2.99; do
    [ "$address" = - ] || ip address add "$address/32" dev lo 2>/dev/null
done
mkdir -p /run/postgresql/primary /run/postgresql/replica && chown -R postgres: /run/postgresql "$folders"
runuser() { shift 3; as_postgres "$@"; }
start() { # name, options: two servers of one machine, of which the one that is not under test leaves loopback alone
    start_postgres "/run/$1.said" -c config_file="$folders/$1/postgresql.conf" "${@:2}"
}
install -d -o postgres -g postgres -m 0700 "$data"
make_postgres "$data/primary"
[ "$own" = primary ] && start primary || start primary -c listen_addresses="$primary"
place="--host=/run/postgresql/primary --port=$port"
add_site "$site" $place
[ "$replica" = - ] || {
    as_postgres psql $place --quiet --command="create user replicator replication password 'throw-away'"
    install -o postgres -g postgres -m 0600 /dev/null "${11}"
    echo "$primary:$port:replication:replicator:throw-away" >"${11}"
    ip route replace local "$primary" dev lo src "$replica" table local # the replica comes from its own address
    eval "$copy" >/run/made 2>&1 && eval "$mark" || cat /run/made
    [ "$own" = replica ] && start replica || start replica -c listen_addresses="$replica"
    ip route replace local "$primary" dev lo src "$primary" table local
}
cat /run/*.said >/run/said
"""
_ASK = r"""
primary, replica, own, site, port = sys.argv[1:6]
data, client = sys.argv[7], sys.argv[10]
import psycopg
def come(source, host=primary, user=site, database=site):
    subprocess.run(["ip", "route", "replace", "local", host, "dev", "lo", "src", source, "table", "local"], check=True)
    return psycopg.connect(host=host, port=port, user=user, password="throw-away", dbname=database, autocommit=True,
        connect_timeout=PATIENCE)
line = come(client)
print(line.execute("select current_user || ' from ' || host(inet_client_addr())").fetchone()[0])
try:
    come("192.0.2.99")
    print("a stranger came in")
except psycopg.OperationalError as error:
    print("a stranger:", str(error).split("FATAL:")[-1].strip().splitlines()[0])
line.execute("create table pages (number serial primary key, title text)")
line.execute("insert into pages (title) values ('front')")
measured(lambda: line.execute("select title from pages where number = 1").fetchone(), 1000, "a row by its key")
if replica != "-":
    other = come(client, replica)
    title = wait_for(lambda: other.execute("select title from pages").fetchone(), passing=psycopg.errors.UndefinedTable)
    print(f"SQL row replicated: {title[0]} written on the primary, read on the replica")
    print("it follows as", line.execute("select count(*) from pg_stat_replication").fetchone()[0], "of",
        line.execute("show max_wal_senders").fetchone()[0], "senders")
    try:
        other.execute("delete from pages")
        print("the replica took a write")
    except psycopg.errors.ReadOnlySqlTransaction as error:
        print("a write on the replica:", str(error).strip())
    subprocess.run(["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "pg_ctl", "promote", "--wait",
        "--silent", f"--pgdata={data}/replica"], check=True)
    row = other.execute("insert into pages (title) values ('sports') returning title").fetchone()
    print("promoted, it writes", row[0])
"""


def boot(stage: Stage) -> Verdict:
    """A client comes in and a stranger not; a row reaches the replica, which refuses writes until it is promoted."""
    placed = stage.placed
    primary = the_primary_of(placed) if placed.role.name == REPLICA else placed
    replica = placed if placed.role.name == REPLICA else _first_replica(primary)
    folders = f"{folder_of(size(placed))}/boot"
    for name, each in (("primary", primary), ("replica", replica)):
        if each is not None:
            _scaffold(stage, each, f"{folders}/{name}", name)
    expects = [f" from {_client_of(primary)}", f'no pg_hba.conf entry for host "{STRANGER}"']
    if replica is not None:
        expects += ["SQL row replicated: front", "cannot execute DELETE in a read-only", "promoted, it writes sports"]
    words = _words(placed, primary, replica, folders)
    return booting.boot(stage, start=databases.POSTGRESQL + _START, ask=_ASK, expects=expects, words=words)


def _first_replica(primary: Placed) -> Placed | None:
    edges = replicas_of(primary)
    return primary.cluster.find(edges[0].client, REPLICA) if edges else None


def _client_of(primary: Placed) -> str:
    return (client_addresses(primary) or [primary.host.address])[0]


def _words(placed: Placed, primary: Placed, replica: Placed | None, folders: str) -> list[str]:
    client, data = _client_of(primary), data_of(size(placed))
    return [
        LOOPBACK if client == LOOPBACK else primary.host.address,
        "-" if replica is None else replica.host.address,
        "replica" if placed.role.name == REPLICA else "primary",
        primary.cluster.sites[0].database,
        str(PORT),
        folders,
        data,
        *_copying(replica, data),
        client,
        PASSFILE,
    ]


def _copying(replica: Placed | None, data: str) -> tuple[str, str]:
    """The lines that make a replica, as a person is told them, into a directory beside the primary's."""
    if replica is None:
        return "", ""
    lines = [line for item in preparations_of(replica) for line in item.lines]
    own = data_of(size(replica))
    return _line(lines, f"user={REPLICATOR}", own, data), _line(lines, "standby.signal", own, data)


def _line(lines: list[str], word: str, own: str, data: str) -> str:
    return next(line for line in lines if word in line).replace(own, f"{data}/replica")


def _scaffold(stage: Stage, placed: Placed, folder: str, name: str) -> None:
    """The files of the server under test as they are staged; of its peer as they are written for it."""
    sizing = size(placed)
    data = f"{data_of(size(stage.placed))}/{name}"
    stage.scaffold(f"{folder}/postgresql.conf", _MAIN.format(data=data, folder=folder, name=name))
    stage.scaffold(f"{folder}/pg_ident.conf", "")
    for file in placed.component.files(placed):
        text = stage.read(file.path) if placed.key == stage.placed.key else file.text
        stage.scaffold(f"{folder}{file.path.removeprefix(folder_of(sizing))}", text)
