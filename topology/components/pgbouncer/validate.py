"""Starts PgBouncer with the files and waits for it to listen; what it passes over is looked for beside."""

from __future__ import annotations

import re

from topology.components.base import Stage, Verdict
from topology.components.booting import CHECK_SECONDS
from topology.components.pgbouncer.files import CONFIG, DROP_IN, LISTEN, USERS

_SCRIPT = r"""
mkdir -p /run/validate && cd /run/validate || exit 3
{
    echo "%include $1"
    echo 'listen_addr ='
    echo 'logfile ='
    echo 'pidfile = /run/validate/pgbouncer.pid'
    echo 'unix_socket_dir = /run/validate'
} >test.ini
pgbouncer test.ini >said 2>&1 &
server=$!
for try in $(seq 600); do
    kill -0 $server 2>/dev/null || break
    grep -q 'process up' said && break
    sleep 0.1
done
kill -TERM $server 2>/dev/null
wait $server
cat said
grep -q 'process up' said
"""
_UNIT = """
mkdir -p /run/validate-units/pgbouncer.service.d && cd /run/validate-units || exit 3
cp /usr/lib/systemd/system/pgbouncer.service . && cp "$1" pgbouncer.service.d/ || exit 3
systemd-analyze verify ./pgbouncer.service
"""
_TIME = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] ")


def check(stage: Stage) -> Verdict:
    """It must start, know every key, find its users, and have systemd understand its limits."""
    stage.scaffold(USERS, "")
    missing = _missing(stage.read(CONFIG), stage.read(LISTEN))
    if missing:
        return Verdict(accepted=False, says=missing)
    ran = stage.run(["sh", "-c", _SCRIPT, "pgbouncer", CONFIG], seconds=CHECK_SECONDS, as_root=False)
    complaints = [line for line in map(_without_time, ran.output.splitlines()) if _is_complaint(line)]
    if ran.status != 0 or complaints:
        return Verdict(accepted=False, says="\n".join(complaints) or ran.output or "PgBouncer did not start")
    unit = stage.run(["sh", "-c", _UNIT, "unit", DROP_IN])
    about_ours = [line for line in unit.output.splitlines() if "tierwright.conf" in line]
    if about_ours:
        return Verdict(accepted=False, says="\n".join(about_ours))
    return Verdict(accepted=True, says="PgBouncer starts with these files, and systemd knows its limits")


def _missing(config: str, listen: str) -> str | None:
    """PgBouncer starts without a file of users and then lets nobody in, and it has a default for each address."""
    for key, text in (("auth_file", config), ("auth_type", config), ("listen_addr", listen)):
        if not re.search(rf"^{key}\s*=\s*\S", text, re.MULTILINE):
            return f"{key} is not set: PgBouncer starts without it, and no site can sign in"
    return None


def _without_time(line: str) -> str:
    return _TIME.sub("", line)


def _is_complaint(line: str) -> bool:
    return line.startswith(("ERROR", "FATAL", "WARNING")) or "could not open auth_file" in line
