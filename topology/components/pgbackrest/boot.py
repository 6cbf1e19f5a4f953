"""Backs up a running PostgreSQL by the lines of the units, loses it, restores it, and looks for the last row."""

from __future__ import annotations

from topology.components import booting, databases
from topology.components.base import Placed, Stage, Verdict
from topology.components.pgbackrest.files import CERTIFICATE_FOLDER, CONFIG, DAYS, UNITS, files_of, unit_of
from topology.components.pgbackrest.preparations import certificate_lines, preparations_of
from topology.components.pgbackrest.settings import ROLE, STORE, database_of, size, store_of
from topology.components.reading import read_assignments, read_unit

_START = r"""
data=$1 repository=$4 addresses=$8 database=$9 store=${10} certificates=${11}
mkdir -p /var/log/pgbackrest && chown postgres: /var/log/pgbackrest
for address in $addresses; do ip address add "$address/32" dev lo; done
bash -ec "$certificates" >/run/made 2>&1 || cat /run/made
chown -R postgres: /etc/pgbackrest*
install -d -o postgres -g postgres -m 0700 "${data%/*}" && mkdir -p "${repository%/*}"
make_postgres "$data" --auth=peer
[ "$store" = "$database" ] || for config in $database $store; do
    as_postgres pgbackrest --config="$config" server >>/run/said 2>&1 &
done
"""
_ASK = r"""
import resource, shutil
data, port, archive, repository, lines, full, diff, addresses, database, store = sys.argv[1:11]
# One machine stands for both servers: each command is told whose file it reads, and where the other one's is.
here = dict(os.environ, PGBACKREST_CONFIG=database, PGBACKREST_REPO1_HOST_CONFIG=store)
there = dict(os.environ, PGBACKREST_CONFIG=store, PGBACKREST_PG1_HOST_CONFIG=database)
there["PGBACKREST_LOCK_PATH"] = "/tmp/store"
if store == database:
    here = there = None
for address in addresses.split():
    wait_port(address, 8432)
AS = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
started = []
def start():
    started.append(subprocess.Popen([*AS, "postgres", "-D", data, "-c", f"port={port}", "-c", "archive_mode=on", "-c",
        f"archive_command={archive}", "-c", "listen_addresses=", "-c", "unix_socket_directories=/run/postgresql", "-c",
        "shared_buffers=32MB"], stdout=open("/run/said", "ab"), stderr=subprocess.STDOUT, env=here))
    is_ready = [*AS, "pg_isready", "-q", "-p", port, "-h", "/run/postgresql"]
    if not wait_for(lambda: subprocess.run(is_ready).returncode == 0 and sql("select pg_is_in_recovery()") == "f"):
        raise SystemExit("PostgreSQL did not start")
def sql(query):
    return shell(f"psql -h /run/postgresql -p {port} -Atq -c \"{query}\" postgres")
def shell(line, env=None):
    line = line.removeprefix("runuser -u postgres -- ")
    words = AS if not line.startswith("install") else []
    ran = subprocess.run([*words, "bash", "-c", line], capture_output=True, text=True, env=env)
    if ran.returncode:
        raise SystemExit(f"{line}: {ran.stdout}{ran.stderr}")
    return ran.stdout.strip()
start()
for line in lines.splitlines():
    shell(line, there)
sql("create table pages as select number, md5(number::text) as title from generate_series(1, 20000) as number")
before = resource.getrusage(resource.RUSAGE_CHILDREN)
shell(full, there)
after = resource.getrusage(resource.RUSAGE_CHILDREN)
spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(f"measured: {after.ru_maxrss / 1024:.0f} MiB, {spent * 1000:.0f} ms of CPU a full backup (1 asked)")
sql("insert into pages values (0, 'before the differential backup')")
shell(diff, there)
sql("insert into pages values (-1, 'after the last backup')")
sql("select pg_switch_wal()")
handed = "last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1)"
wait_for(lambda: sql(f"select count(*) from pg_stat_archiver where {handed}") == "1")
started[-1].kill()
started[-1].wait()
def are_gone():
    return not any(name_of(pid) == "postgres" and os.path.exists(f"/proc/{pid}/exe") for pid in others())
wait_for(are_gone)  # its children write for a moment longer
shutil.rmtree(data)
shell(f"mkdir -m 700 {data}")
shell("pgbackrest --stanza=main restore", here)
start()
known = json.loads(shell("pgbackrest --output=json info", there))[0]
print("backups:", ", ".join(each["type"] for each in known["backup"]))
last = sql("select title from pages where number = -1")
print("SQL rows restored:", sql("select count(*) from pages"), "with the one", last)
"""


def boot(stage: Stage) -> Verdict:
    """A full and a differential backup, then the data are thrown away, and come back with what was written last."""
    placed = stage.placed
    host, data, port = database_of(placed)
    database = placed.cluster.find(host.name, ROLE)
    store = store_of(placed)
    keeper = database if store is None else placed.cluster.find(store.name, STORE)
    configs = _configs(stage, database, keeper)
    preparations = [line for item in preparations_of(keeper) for line in item.lines]
    lines = [line for line in preparations if "pgbackrest" in line and "systemctl" not in line and "tls" not in line]
    certificates = () if store is None else certificate_lines(store.name, host.name)
    words = (
        *(data, str(port), _archiving(stage, host.name, data), size(keeper)["repository"], "\n".join(lines)),
        *(_line(stage, keeper, kind) for kind in DAYS),
        *("" if store is None else f"{host.address} {store.address}", *configs, "\n".join(certificates)),
    )
    expects = ["backups: full, diff", "SQL rows restored: 20002 with the one after the last backup"]
    return booting.boot(stage, start=databases.POSTGRESQL + _START, ask=_ASK, expects=expects, words=words)


def _archiving(stage: Stage, host: str, data: str) -> str:
    """What PostgreSQL is told to do with each file of its log: as it is staged, where its server is the one here."""
    if stage.placed.host.name != host:
        return "pgbackrest --stanza=main archive-push %p"
    path = f"{data.replace('/var/lib', '/etc')}/conf.d/tierwright.conf"
    return read_assignments(stage.read(path))["archive_command"]


def _configs(stage: Stage, database: Placed, keeper: Placed) -> list[str]:
    """A file for each of the two under a name of its own, the database's with its own certificates."""
    if database is keeper:
        return [CONFIG, CONFIG]
    paths = {database.key: "/etc/pgbackrest-database.conf", keeper.key: "/etc/pgbackrest-store.conf"}
    for each in (database, keeper):
        text = stage.read(CONFIG) if each.key == stage.placed.key else files_of(each)[0].text
        if each is database:
            text = text.replace(f"{CERTIFICATE_FOLDER}/", f"{CERTIFICATE_FOLDER}/{database.host.name}/")
        stage.scaffold(paths[each.key], text)
    return list(paths.values())


def _line(stage: Stage, keeper: Placed, kind: str) -> str:
    """What a unit runs, one line after the other."""
    path = f"{UNITS}/{unit_of(kind, 'service')}"
    own = keeper.key == stage.placed.key
    text = stage.read(path) if own else next(file.text for file in files_of(keeper) if file.path == path)
    unit = read_unit(text)
    return " && ".join((*unit["Service.ExecStartPre"], *unit["Service.ExecStart"]))
