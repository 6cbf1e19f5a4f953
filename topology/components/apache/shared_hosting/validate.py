"""Gives the folder to an Apache of our own, which reads `.htaccess` when it is asked for a page and not before.

Apache's own test never opens `.htaccess`: a fault in it is an answer 500 of the running server. In the place of the
account's Python stands a program that reads the site's file and answers by FastCGI what it was asked.
"""

from __future__ import annotations

from topology.components.apache.shared_hosting.files import python_of, script_of
from topology.components.apache.shared_hosting.provider import PLACE, apache_of
from topology.components.base import Stage, Verdict
from topology.components.booting import CHECK_SECONDS

RUNTIME = "/run/validate/provider"
PORT = 8080
PROGRAM = "/srv/provider/answering.py"
ANSWERING = r"""
import socket, struct, sys
compile(open(sys.argv[1]).read(), sys.argv[1], "exec")
listening = socket.socket(fileno=0)
def record(kind, body):
    return struct.pack("!BBHHBx", 1, kind, 1, len(body), 0) + body
def length(data, at):
    if data[at] < 128:
        return data[at], at + 1
    return struct.unpack("!I", data[at : at + 4])[0] & 0x7FFFFFFF, at + 4
while True:
    line, _ = listening.accept()
    data = line.makefile("rb")
    given = b""
    while head := data.read(8):
        kind, size, padding = head[1], *struct.unpack("!HB", head[4:7])
        body = data.read(size + padding)[:size]
        given += body if kind == 4 else b""
        if kind == 5 and not size:
            break
    at, found = 0, {}
    while at < len(given):
        first, at = length(given, at)
        second, at = length(given, at)
        found[given[at : at + first].decode()] = given[at + first : at + first + second].decode()
        at += first + second
    said = f"{found.get('SCRIPT_NAME')} {found.get('PATH_INFO')} {found.get('QUERY_STRING')}"
    line.sendall(record(6, b"Content-Type: text/plain\r\n\r\n" + said.encode()) + record(6, b"")
                 + record(3, struct.pack("!IB3x", 0, 0)))
    data.close()
    line.close()
"""
_ASK = """
import http.client, sys
for host, path in zip(sys.argv[1::2], sys.argv[2::2]):
    asked = http.client.HTTPConnection("127.0.0.1", 8080, timeout=10)
    asked.request("GET", path, headers={"Host": host})
    answer = asked.getresponse()
    print(f"{answer.status} {answer.read().decode(errors='replace').strip()}")
"""
_SCRIPT = f"""
mkdir -p {RUNTIME}/fcgid
apache2 -f {PLACE} -k start || {{ cat {RUNTIME}/error.log; exit 1; }}
for try in $(seq 600); do [ -s {RUNTIME}/apache2.pid ] && break; sleep 0.1; done
python3 -c "$0" "$@" || cat {RUNTIME}/error.log
kill "$(cat {RUNTIME}/apache2.pid)"
"""


def check(stage: Stage) -> Verdict:
    """Every site's pages are answered by its program, and what is not to be shown is not."""
    placed = stage.placed
    sites = placed.cluster.sites
    stage.scaffold(PLACE, apache_of(placed, port=PORT, runtime=RUNTIME))
    stage.scaffold(PROGRAM, ANSWERING)
    for path in dict.fromkeys(python_of(placed, site) for site in sites):
        stage.scaffold(path, f'#!/bin/sh\nexec python3 {PROGRAM} "$@"\n', mode=0o755)
    asked = [word for site in sites for word in (site.domains[0], f"{site.path}a/b/?q=1")]
    asked += [word for site in sites for word in (site.domains[0], f"{site.path}.htaccess")]
    ran = stage.run(["sh", "-c", _SCRIPT, _ASK, *asked], as_root=False, seconds=CHECK_SECONDS)
    expected = [f"200 {site.path}{site.name}.fcgi /a/b/ q=1" for site in sites]
    said = ran.output.strip().splitlines()
    hidden = [line[:4] for line in said[len(sites) :] if line[:4].strip().isdecimal()]
    if said[: len(sites)] == expected and hidden == ["403 "] * len(sites):
        return Verdict(accepted=True, says=f"Apache starts and answers by {', '.join(map(script_of, sites))}")
    return Verdict(accepted=False, says=ran.output.strip() or "no answer")
