"""Lets HAProxy check its file, with every warning an error, and holds its servers against the design.

A missing timeout is only a warning to HAProxy, and a server that is not in the file is nothing to it.
"""

from __future__ import annotations

import re

from topology.components import booting
from topology.components.balancing import media_of, web_of
from topology.components.base import Stage, Verdict

PATH = "/etc/haproxy/haproxy.cfg"
_START = """
own=$1 addresses=$2 web=$3
mkdir -p /run/haproxy && mkfifo /run/go
unshare --net sh -c 'read go </run/go; exec python3 -c "$0" >/run/said 2>&1' "$web" &
web=$!
while [ "$(readlink /proc/$web/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add eth0 type veth peer name far0 netns $web
ip addr add "$own" dev eth0 && ip link set eth0 up
for address in $addresses; do nsenter --target $web --net ip addr add "$address" dev far0; done
nsenter --target $web --net ip link set far0 up
echo go >/run/go
haproxy -D -f /etc/haproxy/haproxy.cfg || exit
"""
_WEB = """
import http.server
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"served")
    def log_message(self, *words): pass
http.server.ThreadingHTTPServer(("", 80), Web).serve_forever()
"""
_ASK = """
only("haproxy")
name = sys.argv[4]
status, text, _ = wait_for(lambda: get("/", host=name), lambda answer: answer[0] == 200)
print(f"GET /: {status} {text.strip()}")
measured(lambda: get("/", host=name), 300, "a request")
"""


def check(stage: Stage) -> Verdict:
    """haproxy -dW -c, then the addresses of the servers."""
    ran = stage.run(["haproxy", "-dW", "-c", "-f", PATH])
    if ran.status != 0:
        return Verdict(accepted=False, says=ran.output.strip())
    written = set(re.findall(r"^\s*server (\S+) (\S+)", stage.read(PATH), re.MULTILINE))
    servers = (*web_of(stage.placed, 0), *media_of(stage.placed))
    expected = {(server.name, f"{server.address}:{server.port}") for server in servers}
    if written != expected:
        odd = ", ".join(sorted({name for name, _ in written ^ expected}))
        return Verdict(accepted=False, says=f"the servers differ from the design: {odd}")
    return Verdict(accepted=True, says=f"HAProxy accepts it; it has the {len(expected)} servers of the design")


def boot(stage: Stage) -> Verdict:
    """HAProxy as it is, with a small web server in the place of the real ones, asked for a page."""
    placed = stage.placed
    prefix, name = placed.cluster.design.cidr.prefixlen, placed.cluster.sites[0].domains[0]
    addresses = " ".join(f"{server.address}/{prefix}" for server in web_of(placed, 0))
    words = (f"{placed.host.address}/{prefix}", addresses, _WEB, name)
    return booting.boot(stage, start=_START, ask=_ASK, expects=["GET /: 200 served", "measured: "], words=words)
