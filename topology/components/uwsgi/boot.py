"""Starts uWSGI as the unit does, with a real Django site in the place of the first one's code, and asks it."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.reading import read_unit
from topology.components.serving import USER, unit_name
from topology.components.uwsgi.settings import listening_of
from topology.components.uwsgi.validate import scaffold

_START = r"""
ip addr add "$1/32" dev lo
install -d -o "$2" -g "$2" -m 750 /run/"$3" /srv/"$3"/media
folder=/srv/$3/venv/lib/$(readlink -f /usr/bin/python3 | xargs basename)/site-packages
mkdir -p "$folder" && echo /run/packages >"$folder"/packages.pth
export PYTHONDONTWRITEBYTECODE=1
setpriv --reuid="$2" --regid="$2" --init-groups sh -c "umask 0027; exec $4" >/run/said 2>&1 &
echo $! >/run/leader
"""
_ASK = r"""
import io, signal, struct, threading, urllib.parse
place, host, prefix = sys.argv[5:8]
plain_get = get

class Heard:
    def __init__(self, said):
        self.said = said
    def makefile(self, *mode):
        return io.BytesIO(self.said)

def get(path, host=host, method="GET", body=b"", headers=None, timeout=PATIENCE):
    # The uwsgi protocol: a head of names and values, the body after it, and an answer as HTTP has it.
    asked, _, query = path.partition("?")
    values = {"REQUEST_METHOD": method, "REQUEST_URI": path, "QUERY_STRING": query, "HTTP_HOST": host,
              "PATH_INFO": urllib.parse.unquote(asked, "latin-1"), "SCRIPT_NAME": "", "SERVER_NAME": host,
              "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "CONTENT_LENGTH": str(len(body))}
    values |= {"CONTENT_TYPE": (headers or {}).get("Content-Type", "")}
    values |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
    pair = lambda text: struct.pack("<H", len(text.encode("latin-1"))) + text.encode("latin-1")
    head = b"".join(pair(name) + pair(value) for name, value in values.items())
    line = socket.socket(socket.AF_UNIX) if place[0] == "/" else socket.socket()
    line.settimeout(timeout)
    line.connect(place if place[0] == "/" else (place.split(":")[0], int(place.split(":")[1])))
    line.sendall(struct.pack("<BHB", 0, len(head), 0) + head + body)
    said = b"".join(iter(lambda: line.recv(65536), b""))
    line.close()
    answer = http.client.HTTPResponse(Heard(said), method=method)
    answer.begin()
    return answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders())

status, text = wait_http(prefix + "-/health")
print(f"GET {prefix}-/health: {status}".replace(prefix + "-", "/-"))
ask_site(prefix)
who = eval(get(prefix + "who/")[1])
print("below", who["SCRIPT_NAME"] or "/", "as", who["uid"])
if place[0] == "/":
    print(f"socket: {os.stat(place).st_mode & 0o777:o}")
print("a head of 30 kB:", get(prefix + "say/?q=" + "x" * 8000, headers={"Cookie": "c=" + "x" * 22000})[0])
measured(lambda: get(prefix + "page/"), 200, "a page of 100 rows over the uwsgi protocol")
leader = int(open("/run/leader").read())
os.kill(leader, signal.SIGHUP)
until, answers = time.monotonic() + 3, set()
while time.monotonic() < until:
    answers.add(get(prefix)[0])
print("loaded anew meanwhile:", *sorted(answers))
slow = []
begun = f"/srv/{sys.argv[3]}/media/begun"
waiting = threading.Thread(target=lambda: slow.append(get(f"{prefix}slow/1.5/?begun={begun}")[1]))
waiting.start()
wait_for(lambda: os.path.exists(begun))
os.kill(leader, signal.SIGTERM)
waiting.join()
print("a request that was in work at the stop:", *slow)
wait_for(lambda: not os.path.exists(f"/proc/{leader}/exe"))
print("stopped:", not os.path.exists(f"/proc/{leader}/exe"))
"""


def boot(stage: Stage) -> Verdict:
    """The first site: its health, what every way of serving must answer, new code under way, its end."""
    placed = stage.placed
    site, socket, port = listening_of(placed)[0]
    scaffold(stage, booting.SAMPLE_SITE)
    command = read_unit(stage.read(f"/etc/systemd/system/{unit_name(site)}"))["Service.ExecStart"][0]
    address = placed.host.address
    words = [address, USER, site.name, command, socket or f"{address}:{port}", site.domains[0], site.path]
    expects = [
        "GET /-/health: 200\n",
        "page 200, missing page 404",
        f"below {site.path.rstrip('/') or '/'} as 33",
        "a head of 30 kB: 200",
        "loaded anew meanwhile: 200\n",
        "a request that was in work at the stop: slept",
        "stopped: True",
        *(["socket: 660"] if socket else []),
    ]
    ask = booting.SAMPLE_QUESTIONS + _ASK
    return booting.boot(stage, start=booting.SHARED_PYTHON + _START, ask=ask, expects=expects, words=words)
