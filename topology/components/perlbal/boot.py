"""Starts Perlbal before small web servers in a network of their own, asks it, and takes one of them away."""

from __future__ import annotations

from topology.components import booting
from topology.components.balancing import fronts_media
from topology.components.base import Stage, Verdict
from topology.components.perlbal.files import CONFIG, USER, pools_of

_START = r"""
own=$1 addresses=$2 web=$3
mkdir -p /run/perlbal && mkfifo /run/go
unshare --net sh -c 'read go </run/go; exec python3 -c "$0" >/run/web 2>&1' "$web" &
web=$!
while [ "$(readlink /proc/$web/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add eth0 type veth peer name far0 netns $web
ip addr add "$own" dev eth0 && ip link set eth0 up
for address in $addresses; do nsenter --target $web --net ip addr add "$address" dev far0; done
nsenter --target $web --net ip link set far0 up
echo go >/run/go
for try in $(seq 600); do (exec 3<>"/dev/tcp/${addresses%%/*}/80") 2>/dev/null && break; sleep 0.1; done
chmod 644 /etc/perlbal/*
setpriv --reuid=$4 --regid=$4 --init-groups --inh-caps=+net_bind_service --ambient-caps=+net_bind_service \
    perlbal --config "$5" >/run/said 2>&1 &
"""
_WEB = """
import http.server, json
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = {"served": self.server.server_address[0], **{k.lower(): v for k, v in self.headers.items()}}
        said["by"] = self.connection.getsockname()[0]
        body = json.dumps(said).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"])); self.do_GET()
    def log_message(self, *words): pass
http.server.ThreadingHTTPServer(("", 80), Web).serve_forever()
"""
_ASK = r"""
only("perlbal")
host, media, pool = sys.argv[6:]
status, text = wait_http("/", host=host)
print(f"GET /: {status} {'served' if 'served' in text else text}")
told = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https", "Forwarded": "for=9.9.9.9"}
said = json.loads(get("/", host=host, headers=told)[1])
print("the web server hears", said["x-forwarded-for"], said["x-forwarded-proto"], said.get("forwarded"), said["host"])
used = {json.loads(get("/", host=host)[1])["by"] for _ in range(60)}
print("web servers used:", *sorted(used))
if media:
    print("media servers used:", *sorted({json.loads(get("/", host=media)[1])["by"] for _ in range(60)}))
large = http.client.HTTPConnection("127.0.0.1", 80, timeout=10)
large.request("POST", "/", body=b"", headers={"Host": host, "Content-Length": str(1 << 30)})
print("an upload of 1 GB:", large.getresponse().status)
print("an upload of 300 kB:", get("/", host=host, method="POST", body=b"u" * 300000)[0])
measured(lambda: get("/", host=host), 500, "a request on a new connection")
first, *rest = open(pool).read().split()
open(pool, "w").write("\n".join(rest) + "\n")
os.utime(pool, (time.time() + 5, time.time() + 5))
def is_away():
    return first.split(":")[0] not in {json.loads(get("/", host=host)[1])["by"] for _ in range(40)}
away = bool(rest) and wait_for(is_away)
print("taken out of its pool, a server gets nothing:", away)
"""


def boot(stage: Stage) -> Verdict:
    """Perlbal as it is, with small web servers in the place of the real ones; then a server is taken out."""
    placed, site = stage.placed, stage.placed.cluster.sites[0]
    pools = pools_of(placed)
    prefix = placed.cluster.design.cidr.prefixlen
    addresses = [place.rpartition(":")[0] for places in pools.values() for place in places]
    listed = " ".join(f"{address}/{prefix}" for address in dict.fromkeys(addresses))
    media = site.media_domain if fronts_media(placed) else ""
    words = [f"{placed.host.address}/{prefix}", listed, _WEB, USER, CONFIG, site.domains[0], media]
    expects = [
        "GET /: 200 served",
        f"the web server hears 127.0.0.1 http None {site.domains[0]}",
        f"web servers used: {_hosts(pools['web'])}\n",
        "an upload of 1 GB: 413",
        "an upload of 300 kB: 200",
        "measured: ",
    ]
    expects += [f"media servers used: {_hosts(pools['media'])}\n"] if media else []
    expects += ["a server gets nothing: True"] if len(pools["web"]) > 1 else []
    words.append("/etc/perlbal/web.pool")
    return booting.boot(stage, start=_START, ask=_ASK, expects=expects, words=words)


def _hosts(places: list[str]) -> str:
    return " ".join(sorted(place.rpartition(":")[0] for place in places))
