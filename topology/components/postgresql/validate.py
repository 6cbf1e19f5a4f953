"""Starts PostgreSQL with the files, over a database made for the purpose: asking it to read them is not enough.

`postgres -C` accepts a broken pg_hba.conf, a wal_level without replicas beside replicas, and a cache larger than
the memory; a real start refuses the first two, and the third is held against the server's memory here.
"""

from __future__ import annotations

import re

from topology.components.base import Ran, Stage, Verdict
from topology.components.booting import CHECK_SECONDS
from topology.components.postgresql.files import folder_of
from topology.components.postgresql.settings import REPLICA, primary_limits, size

_MAIN = """\
# Stands in for Debian's postgresql.conf, which ends by reading conf.d/ too.
data_directory = '/run/validate/data'
hba_file = '{folder}/pg_hba.conf'
ident_file = '{folder}/pg_ident.conf'
include_dir = 'conf.d'
"""
_SCRIPT = r"""
programs=/usr/lib/postgresql/$1/bin folder=$2 role=$3
[ -x "$programs/postgres" ] || programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
mkdir -p /run/validate/data && chmod 700 /run/validate/data && cd /run/validate || exit 3
"$programs/initdb" --no-sync --auth=reject --username=postgres data >made 2>&1 || { cat made; exit 3; }
if [ "$role" = replica ]; then
    # The primary leaves its limits in its data; with lower ones a replica does not start.
    shift 3
    "$programs/postgres" --single -D data "$@" postgres </dev/null >made 2>&1 || { cat made; exit 3; }
    : >data/standby.signal
fi
blocks=$("$programs/postgres" -c config_file="$folder/postgresql.conf" -C shared_buffers) && echo "blocks: $blocks"
"$programs/postgres" -c config_file="$folder/postgresql.conf" -c listen_addresses= -c shared_buffers=16MB \
    -c unix_socket_directories=/run/validate -c logging_collector=off >said 2>&1 &
server=$!
for try in $(seq 600); do
    kill -0 $server 2>/dev/null || break
    if [ "$role" = primary ]; then grep -q 'ready to accept connections' said && break
    else grep -q 'ready to accept read-only' said && grep -q 'to the primary server' said && break; fi
    sleep 0.1
done
kill -QUIT $server 2>/dev/null
wait $server
cat said
grep -q 'ready to accept' said
"""
_COMPLAINT = re.compile(r"(postgres: )?(FATAL|ERROR|PANIC|DETAIL|HINT|WARNING|CONTEXT|LOG:  (invalid|un|syntax))|sh:")
_COMPLAINT = re.compile(r"(postgres: )?(FATAL|ERROR|PANIC|DETAIL|HINT|WARNING|LOG:  (invalid|un|syntax))|sh:")
_EVERYBODY = re.compile(r"^\s*host\w*\s+\S+\s+\S+\s+(all|samenet|\S+/0)\s|\strust\s*$", re.MULTILINE)


def check(stage: Stage) -> Verdict:
    """It must start, as a replica where it is one; its cache must fit; it may not let everybody in."""
    sizing = size(stage.placed)
    folder, role = folder_of(sizing), "replica" if stage.placed.role.name == REPLICA else "primary"
    everybody = _EVERYBODY.search(stage.read(f"{folder}/pg_hba.conf"))
    if everybody:
        return _refused(f"pg_hba.conf lets everybody in: {everybody.group().strip()}")
    stage.scaffold(f"{folder}/postgresql.conf", _MAIN.format(folder=folder))
    stage.scaffold(f"{folder}/pg_ident.conf", "")
    argv = ["sh", "-c", _SCRIPT, "postgres", str(sizing["version"]), folder, role, *primary_limits(stage.placed)]
    ran = stage.run(argv, seconds=CHECK_SECONDS, as_root=False)
    return _judge(ran, ram_mib=stage.placed.host.type.ram_mib)


def _judge(ran: Ran, *, ram_mib: int) -> Verdict:
    said = _telling(ran.output)
    if ran.status != 0 or "invalid connection option" in said:
        return _refused(said or "PostgreSQL did not start with these files")
    blocks = re.search(r"^blocks: (\d+)$", ran.output, re.MULTILINE)
    shared_mib = int(blocks.group(1)) * 8 // 1024 if blocks else 0
    if not 0 < shared_mib < ram_mib:
        return _refused(f"shared_buffers is {shared_mib} MiB, and the server has {ram_mib} MiB")
    return Verdict(accepted=True, says="PostgreSQL starts with these files and is ready to accept connections")


def _refused(says: str) -> Verdict:
    return Verdict(accepted=False, says=says)


def _telling(output: str) -> str:
    """What PostgreSQL complained of, without times and process numbers, so that two runs say the same."""
    lines = (re.sub(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] ", "", line) for line in output.splitlines())
    return "\n".join(dict.fromkeys(line for line in lines if _COMPLAINT.match(line)))
