"""Starts gunicorn as the unit does, with a real Django site in the place of the first one's code, and asks it."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.gunicorn.settings import listening_of
from topology.components.reading import read_unit
from topology.components.serving import USER, unit_name

_PROGRAM = '#!/bin/sh\nPYTHONPATH=/run/packages PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 -m gunicorn "$@"\n'
_START = r"""
ip addr add "$1/32" dev lo
install -d -o "$2" -g "$2" -m 750 /run/"$3" /srv/"$3"/media
setpriv --reuid="$2" --regid="$2" --init-groups sh -c "umask 0027; exec $4" >/run/said 2>&1 &
echo $! >/run/leader
"""
ASK = r"""
place, host, prefix = sys.argv[5:8]
where = {"host": host}
if place[0] == "/":
    class Local(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(place)
    http.client.HTTPConnection = Local
else:
    where |= {"address": place.split(":")[0], "port": place.split(":")[1]}
status, text = wait_http(prefix + "-/health", **where)
print(f"GET {prefix}-/health: {status} {text.strip()}".replace(prefix + "-", "/-"))
ask_site(prefix, **where)
who = eval(get(prefix + "who/", **where)[1])
print("below", who["SCRIPT_NAME"] or "/", "as", who["uid"])
measured(lambda: get(prefix + "page/", **where), 200, "a page of 100 rows")
"""
_RELOAD = r"""
import signal
leader = int(open("/run/leader").read())
os.kill(leader, signal.SIGHUP)
until, answers = time.monotonic() + 3, set()
while time.monotonic() < until:
    answers.add(get(prefix, **where)[0])
print("loaded anew meanwhile:", *sorted(answers))
os.kill(leader, signal.SIGTERM)
until = time.monotonic() + 20
while os.path.exists(f"/proc/{leader}/cwd") and time.monotonic() < until:
    time.sleep(0.05)
print("stopped:", not os.path.exists(f"/proc/{leader}/exe"))
"""


def boot(stage: Stage) -> Verdict:
    """The first site: its health, what every way of serving must answer, new code under way, its end."""
    placed = stage.placed
    site, bound, port = listening_of(placed)[0]
    booting.scaffold_sites(stage)
    stage.scaffold(f"{site.root}/venv/bin/gunicorn", _PROGRAM, mode=0o755)
    command = read_unit(stage.read(f"/etc/systemd/system/{unit_name(site)}"))["Service.ExecStart"][0]
    address = placed.host.address
    words = [address, USER, site.name, command, bound or f"{address}:{port}", site.domains[0], site.path]
    expects = [
        "GET /-/health: 200 ok",
        "page 200, missing page 404",
        f"below {site.path.rstrip('/') or '/'} as 33",
        "loaded anew meanwhile: 200\n",
        "stopped: True",
    ]
    ask = booting.SAMPLE_QUESTIONS + ASK + _RELOAD
    return booting.boot(stage, start=booting.SHARED_PYTHON + _START, ask=ask, expects=expects, words=words)
