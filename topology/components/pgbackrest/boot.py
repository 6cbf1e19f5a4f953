"""Backs up a running PostgreSQL by the lines of the units, loses it, restores it, and looks for the last row."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.pgbackrest.files import DAYS, UNITS, unit_of
from topology.components.pgbackrest.preparations import preparations_of
from topology.components.pgbackrest.settings import data_of, size
from topology.components.reading import read_assignments, read_unit

_START = r"""
data=$1 port=$2 archive=$3 repository=$4
programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
export PATH=$programs:$PATH
mkdir -p /run/postgresql /var/log/pgbackrest && chown postgres: /run/postgresql /var/log/pgbackrest
chown -R postgres: /etc/pgbackrest.conf
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
install -d -o postgres -g postgres -m 0700 "${data%/*}" "$data" && mkdir -p "${repository%/*}"
as_postgres initdb --no-sync --username=postgres --auth=peer "$data" >/run/made 2>&1 || cat /run/made
"""
_ASK = r"""
import resource, shutil
data, port, archive, repository, lines, full, diff = sys.argv[1:8]
AS = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
started = []
def start():
    started.append(subprocess.Popen([*AS, "postgres", "-D", data, "-c", f"port={port}", "-c", "archive_mode=on", "-c",
        f"archive_command={archive}", "-c", "listen_addresses=", "-c", "unix_socket_directories=/run/postgresql", "-c",
        "shared_buffers=32MB"], stdout=open("/run/said", "ab"), stderr=subprocess.STDOUT))
    for attempt in range(200):
        if subprocess.run([*AS, "pg_isready", "-q", "-p", port, "-h", "/run/postgresql"]).returncode == 0:
            if sql("select pg_is_in_recovery()") == "f":
                return
        time.sleep(0.1)
    raise SystemExit("PostgreSQL did not start")
def sql(query):
    return shell(f"psql -h /run/postgresql -p {port} -Atq -c \"{query}\" postgres")
def shell(line):
    line = line.removeprefix("runuser -u postgres -- ")
    words = AS if not line.startswith("install") else []
    ran = subprocess.run([*words, "bash", "-c", line], capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f"{line}: {ran.stdout}{ran.stderr}")
    return ran.stdout.strip()
start()
for line in lines.splitlines():
    shell(line)
sql("create table pages as select number, md5(number::text) as title from generate_series(1, 20000) as number")
before = resource.getrusage(resource.RUSAGE_CHILDREN)
shell(full)
after = resource.getrusage(resource.RUSAGE_CHILDREN)
spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(f"measured: {after.ru_maxrss / 1024:.0f} MiB, {spent * 1000:.0f} ms of CPU a full backup (1 asked)")
sql("insert into pages values (0, 'before the differential backup')")
shell(diff)
sql("insert into pages values (-1, 'after the last backup')")
sql("select pg_switch_wal()")
for attempt in range(100):
    handed = "last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1)"
    if sql(f"select count(*) from pg_stat_archiver where {handed}") == "1":
        break
    time.sleep(0.1)
started[-1].kill()
started[-1].wait()
time.sleep(0.5)
shutil.rmtree(data)
shell(f"mkdir -m 700 {data}")
shell("pgbackrest --stanza=main restore")
start()
print("backups:", ", ".join(each["type"] for each in json.loads(shell("pgbackrest --output=json info"))[0]["backup"]))
last = sql("select title from pages where number = -1")
print("SQL rows restored:", sql("select count(*) from pages"), "with the one", last)
"""


def boot(stage: Stage) -> Verdict:
    """A full and a differential backup, then the data are thrown away, and come back with what was written last."""
    placed = stage.placed
    data, port = data_of(placed)
    folder = data.replace("/var/lib", "/etc")
    archive = read_assignments(stage.read(f"{folder}/conf.d/tierwright.conf"))["archive_command"]
    lines = [line for line in preparations_of(placed)[0].lines if not line.startswith("systemctl")]
    backups = [_line(stage, kind) for kind in DAYS]
    words = (data, str(port), archive, size(placed)["repository"], "\n".join(lines), *backups)
    expects = ["backups: full, diff", "SQL rows restored: 20002 with the one after the last backup"]
    return booting.boot(stage, start=_START, ask=_ASK, expects=expects, words=words)


def _line(stage: Stage, kind: str) -> str:
    """What a unit runs, one line after the other."""
    unit = read_unit(stage.read(f"{UNITS}/{unit_of(kind, 'service')}"))
    return " && ".join((*unit["Service.ExecStartPre"], *unit["Service.ExecStart"]))
