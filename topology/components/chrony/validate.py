"""Lets chronyd read its file, holds its sources against the plan, and starts it against a clock made for the purpose.

chronyd takes a file without any source, and would then keep whatever time it has.
"""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.chrony.settings import size
from topology.components.reading import Reading, Target, Texts, read_words

PATH = "/etc/chrony/chrony.conf"
PORT = 123
ANSWER = "the clock follows its source"
_START = r"""
mkdir -p /run/chrony /run/far /var/lib/chrony && chown _chrony: /run/chrony /run/far /var/lib/chrony
chmod 750 /run/chrony /run/far
printf '%s\n' 'local stratum 8' 'allow' 'port 123' 'cmdport 0' 'bindcmdaddress /run/far/far.sock' \
    'pidfile /run/far/far.pid' >/run/far.conf
chronyd -x -d -f /run/far.conf >/run/said 2>&1 &
chronyd -x -d -f /etc/chrony/chrony.conf >/run/own 2>&1 &
"""
_ASK = """
def chronyc(*words):
    return subprocess.run(["chronyc", "-n", "-c", *words], capture_output=True, text=True).stdout
followed = wait_for(lambda: [line for line in chronyc("sources").splitlines() if line.startswith("^,*,")])
print("the clock follows its source" if followed else open("/run/own").read())
measured(lambda: chronyc("sources"), 20, "a question")
"""


def check(stage: Stage) -> Verdict:
    """chronyd -p, then the sources."""
    ran = stage.run(["chronyd", "-p", "-f", PATH])
    if ran.status != 0:
        return Verdict(accepted=False, says=ran.output.strip())
    found = [target.address for target in read({PATH: stage.read(PATH)}).targets]
    wanted = size(stage.placed)["source_names"].split()
    if found != wanted:
        return Verdict(accepted=False, says=f"it asks {', '.join(found) or 'nobody'}, and the plan {', '.join(wanted)}")
    return Verdict(accepted=True, says=f"chronyd accepts it, with the sources {', '.join(found)}")


def read(texts: Texts) -> Reading:
    """Whom it asks for the time."""
    lines = [line for line in read_words(texts.get(PATH, "")) if line[0] in ("server", "pool", "peer")]
    return Reading(targets=tuple(Target(service="time", address=line[1], port=PORT) for line in lines))


def boot(stage: Stage) -> Verdict:
    """chronyd as it is, with a clock of this machine behind every name that it asks."""
    names = size(stage.placed)["source_names"].split()
    stage.scaffold("/etc/hosts", "".join(f"127.0.0.1 {name}\n" for name in ("localhost", *names)))
    return booting.boot(stage, start=_START, ask=_ASK, expects=[ANSWER, "measured: "])
