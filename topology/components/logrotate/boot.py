"""Rotates for once: a log with a line in it must be put aside and be empty afterwards."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.logrotate.files import OF_PACKAGES, PATH, read, text_of

ANSWER = "put aside, and empty afterwards"
_START = """
for log in $1; do mkdir -p "$(dirname "$log")" && chmod 755 "$(dirname "$log")" && echo "a line" >"$log"; done
logrotate --force --state /run/state /etc/logrotate.d/tierwright
"""
_ASK = """
logs = sys.argv[1].split()
def aside(log):
    return open(f"{log}.1").read() == "a line\\n" and open(log).read() == ""
print("put aside, and empty afterwards" if all(map(aside, logs)) else f"not rotated: {logs}")
print("measured: nothing, since it runs once a day and ends")
"""


def boot(stage: Stage) -> Verdict:
    """Every log that the file names."""
    if not text_of(stage.placed):
        return Verdict(accepted=True, says="every log of this server has a rule of its package")
    named = [log for log in read({PATH: stage.read(PATH)}).rotates if log not in OF_PACKAGES]
    logs = " ".join(log.replace("*", "a") for log in named)
    return booting.boot(stage, start=_START, ask=_ASK, expects=[ANSWER], words=(logs,))
