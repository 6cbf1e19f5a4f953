"""Starts the applications of every server as their units say, Apache before them, and asks a real Django site."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from topology.components import booting
from topology.components.apache.checking import START
from topology.components.base import Placed, Stage, Verdict
from topology.components.cluster import Edge
from topology.components.reading import read_unit
from topology.design import Site

_ALL = r"""
own=$1
for address in $2; do
    ip addr add "$address/32" dev lo 2>/dev/null
    ip route replace local "$address/32" dev lo table local proto kernel scope host src "$own"
done
serve() {
    getent passwd "$1" >/dev/null || echo "$1:x:64999:33::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
    install -d -o "$1" -g www-data -m 750 "$2"
    setpriv --reuid="$1" --regid=www-data --clear-groups sh -c "umask 0027; exec $3" >>/run/applications 2>&1 &
}
"""
_ALL_LISTEN = r"""
# Each listens before it writes who it is. One that is not there yet would be passed over for a time.
for try in $(seq 600); do
    [ "$(find /run -name fcgi.pid -size +0 2>/dev/null | wc -l)" -ge %d ] && break
    sleep 0.1
done
"""
_ASK = r"""
import glob, signal
own, _, host, prefix, address = sys.argv[1:6]
where = {"host": host, "address": own}
print(f"GET /-/health: {wait_http(prefix + '-/health', **where)}")
ask_site(prefix, **where)
status, text, headers = get(prefix + "static/served.txt", **where)
print("file:", status, headers.get("Location") or text)
print("file that is not there:", get(prefix + "media/none.jpg", **where)[0])
said = get(prefix + "who/", headers={"X-Forwarded-For": "9.9.9.9"}, **where)[1]
print("below its own prefix:", repr(prefix.rstrip("/")) in said.partition("SCRIPT_NAME': ")[2][:40])
print("a client's word on itself is not believed:", "9.9.9.9" not in said)
print("a stranger's name:", get("/", address=own, host="elsewhere.example")[0])
large, unmeasured = {"Content-Length": str(21 << 20)}, {"Transfer-Encoding": "chunked"}
print("too large an upload:", get(prefix + "upload/", method="POST", headers=large, **where)[0])
print("one of unknown length:", get(prefix + "upload/", method="POST", headers=unmeasured, **where)[0])
measured(lambda: get(prefix + "page/", **where), 100, "a page of 100 rows, Apache and flup together")
pids = [open(path).read().strip() for path in glob.glob(address)]
print(f"{len(pids)} applications")
if len(pids) > 1:
    seen = {get(prefix + "who/", **where)[1].partition("pid")[2] for _ in range(20)}
    print("several answer:", len(seen) > 1)
    os.kill(int(pids[0]), signal.SIGKILL)
    print("one of them killed:", sorted({get(prefix, **where)[0] for _ in range(40)}))
"""
_EXPECTED = (
    "GET /-/health: (200, 'ok\\n')",
    "page 200, missing page 404, redirect 302, query string, path with umlaut and percent, upload of 300 kB 201",
    "below its own prefix: True",
    "a client's word on itself is not believed: True",
    "a stranger's name: 404",
    "too large an upload: 413",
    "one of unknown length: 411",
    "measured: ",
)


def boot(stage: Stage) -> Verdict:
    """The first site asked through Apache; where several servers run it, one is killed on the way."""
    placed, site = stage.placed, stage.placed.cluster.sites[0]
    booting.scaffold_sites(stage)
    stage.scaffold(f"{site.root}/static/served.txt", "served")
    stage.scaffold(f"{site.root}/media/picture.jpg", "a picture")
    edges = placed.cluster.edges_from(placed, "app")
    started = [line for edge in edges for line in _served(stage, edge)]
    addresses = dict.fromkeys(
        placed.cluster.host(name).address for name in (placed.host.name, *(e.server for e in edges))
    )
    lines = tuple(dict.fromkeys(started))
    all_listen = _ALL_LISTEN % sum(line.startswith("serve ") for line in lines)
    start = "\n".join([booting.SHARED_PYTHON, _ALL, *lines, all_listen, START])
    words = [placed.host.address, " ".join(addresses), site.domains[0], site.path, _pid_files(placed, site)]
    away = placed.cluster.hosts_offering("media")
    moved = f"file: 301 http://{site.media_domain}{site.path}static/served.txt"
    files = (moved,) if away else ("file: 200 served", "file that is not there: 404")
    several = len({edge.server for edge in edges}) > 1
    more = ("several answer: True", "one of them killed: [200]") if several else ("1 applications",)
    expects = (*_EXPECTED, *files, *more)
    return booting.boot(stage, start=start, ask=booting.SAMPLE_QUESTIONS + _ASK, expects=expects, words=words)


def _served(stage: Stage, edge: Edge) -> Iterator[str]:
    """Shell lines that start a site's application of one server; the files of other servers go to a place apart."""
    placed = stage.placed.cluster.find(edge.server, edge.server_role)
    site = next(site for site in placed.cluster.sites if site.name == edge.endpoint.site)
    here = edge.local
    texts = {file.path: file.text for file in placed.component.files(placed)}
    unit = read_unit(texts[f"/etc/systemd/system/{placed.component.app_unit(placed, site)}"])
    folder = f"/run/{'' if here else placed.host.name + '/'}{site.name}"
    command = unit["Service.ExecStart"][0]
    for path in [] if here else [path for path in shlex.split(command) if path in texts]:
        stage.scaffold(
            f"/srv/others/{placed.host.name}/{site.name}{path}",
            texts[path].replace("/run/", f"/run/{placed.host.name}/"),
        )
        command = command.replace(path, f"/srv/others/{placed.host.name}/{site.name}{path}")
    if not here:
        yield f"install -d -m 755 /run/{placed.host.name}"
    yield f"serve {shlex.join([unit['Service.User'][0], folder, command])}"


def _pid_files(placed: Placed, site: Site) -> str:
    """Where the leaders of the site's applications write who they are."""
    local = any(edge.local for edge in placed.cluster.edges_from(placed, "app"))
    return f"/run/{'' if local else '*/'}{site.name}/fcgi.pid"
