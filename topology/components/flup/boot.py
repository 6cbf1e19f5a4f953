"""Starts flup as its units say, asks it over FastCGI, loads it anew under way, and stops it."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Placed, Stage, Verdict
from topology.components.flup.files import unit_name
from topology.components.flup.listening import places_of
from topology.components.flup.settings import size
from topology.components.reading import read_unit

_START = r"""
for address in $1; do ip addr add "$address/32" dev lo; done
useradd_line() { getent passwd "$1" >/dev/null || echo "$1:x:64999:33::/nonexistent:/usr/sbin/nologin" >>/etc/passwd; }
useradd_line "$2"
install -d -o "$2" -g www-data -m 750 /run/"$3"
setpriv --reuid="$2" --regid=www-data --clear-groups sh -c "umask 0027; exec $4" >/run/said 2>&1 &
"""
_ASK = r"""
import os, signal, socket, struct

def record(kind, body):
    return struct.pack("!BBHHBx", 1, kind, 1, len(body), 0) + body

def pair(name, value):
    name, value = name.encode(), value.encode("latin-1")
    sizes = [bytes([len(x)]) if len(x) < 128 else struct.pack("!I", len(x) | 1 << 31) for x in (name, value)]
    return b"".join(sizes) + name + value

def fcgi(path, stranger=False, **more):
    line = socket.socket(socket.AF_UNIX) if place[0] == "/" else socket.socket()
    line.settimeout(PATIENCE)
    if place[0] != "/" and not stranger:
        line.bind((web, 0))
    line.connect(place if place[0] == "/" else (place.split(":")[0], int(place.split(":")[1])))
    given = {"REQUEST_METHOD": "GET", "SERVER_NAME": host, "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
             "REQUEST_URI": path, "HTTP_HOST": host, **more}
    body = b"".join(pair(*item) for item in given.items())
    line.sendall(record(1, struct.pack("!HB5x", 1, 0)) + record(4, body) + record(4, b"") + record(5, b""))
    said = b""
    while part := line.recv(65536):
        said += part
    line.close()
    out = b""
    while said:
        kind, length, padding = said[1], *struct.unpack("!HB", said[4:7])
        out += said[8 : 8 + length] if kind == 6 else b""
        said = said[8 + length + padding :]
    head, _, text = out.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n"))
    return headers.get("Status", "200")[:3], text.decode().strip(), headers

place, host, prefix, pidfile, web = sys.argv[6:11]
said = wait_for(lambda: fcgi(prefix + "-/health"))
print(f"GET {prefix}-/health: {said[0]} {said[1]}".replace(prefix + "-", "/-"))
print("page:", *fcgi(prefix, PATH_INFO=prefix)[:2])
# As mod_proxy_fcgi sends it by itself, as lighttpd and shared hosting do, and as a rewriting Apache does.
for given in ({"SCRIPT_NAME": prefix + "path/x"}, {"SCRIPT_NAME": "/mysite.fcgi", "PATH_INFO": prefix + "path/x"},
              {"SCRIPT_NAME": "", "PATH_INFO": prefix + "path/x", "REDIRECT_URL": "/mysite.fcgi" + prefix + "path/x"}):
    said = fcgi(prefix + "path/x", **given)
    if said[:2] != ("200", "x"):
        raise SystemExit(f"{given}: {said}")
print("link:", fcgi(prefix + "go/", SCRIPT_NAME="/mysite.fcgi", PATH_INFO=prefix + "go/")[2]["Location"] == prefix)
print("missing:", fcgi(prefix + "nothing/")[0])
if place[0] == "/":
    mode = os.stat(place).st_mode & 0o777
    print(f"socket: {mode:o}")
else:
    try:
        fcgi(prefix, stranger=True)
    except (OSError, ValueError):
        print("a stranger is not heard")
measured(lambda: fcgi(prefix + "page/"), 100, "a page of 100 rows over FastCGI")
# It listens a moment before it writes who it is, and writes that again once it has loaded the site anew.
leader = int(wait_for(lambda: open(pidfile).read().strip()))
written = os.stat(pidfile).st_mtime_ns
os.kill(leader, signal.SIGHUP)
answers = {fcgi(prefix)[:2] for _ in range(20)}
wait_for(lambda: os.stat(pidfile).st_mtime_ns > written and open(pidfile).read().strip())
answers |= {fcgi(prefix)[:2] for _ in range(20)}
print("loaded anew meanwhile:", *sorted(answers))
print("same leader:", int(open(pidfile).read()) == leader)
os.kill(leader, signal.SIGTERM)
wait_for(lambda: not os.path.exists(pidfile))
print("stopped:", not os.path.exists(pidfile))
"""
_EXPECTED = (
    "GET /-/health: 200 ok",
    "page: 200 a throw-away site",
    "link: True",
    "missing: 404",
    "loaded anew meanwhile: ('200', 'a throw-away site')\n",
    "same leader: True",
    "stopped: True",
)


def boot(stage: Stage) -> Verdict:
    """The first site with the sample site in its place, from its unit's own command line and user."""
    placed = stage.placed
    site, socket, port = places_of(placed)[0]
    booting.scaffold_sites(stage)
    unit = read_unit(stage.read(f"/etc/systemd/system/{unit_name(site)}"))
    place = socket or f"{placed.host.address}:{port}"
    web = next((placed.cluster.host(e.client).address for e in placed.cluster.edges_to(placed.host.name, "app")), "")
    words = [
        f"{placed.host.address} {web if web != placed.host.address else ''}",
        unit["Service.User"][0],
        site.name,
        unit["Service.ExecStart"][0],
        "",
    ]
    words += [place, site.domains[0], site.path, f"/run/{site.name}/fcgi.pid", web]
    return booting.boot(stage, start=booting.SHARED_PYTHON + _START, ask=_ASK, expects=_expected(placed), words=words)


def _expected(placed: Placed) -> tuple[str, ...]:
    mode = 0o777 & ~int(size(placed)["umask"], 8)
    socket = places_of(placed)[0][1]
    return (*_EXPECTED, f"socket: {mode:o}") if socket else (*_EXPECTED, "a stranger is not heard")
