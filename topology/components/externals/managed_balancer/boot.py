"""Starts HAProxy in the place of a balancer that others run, before a web server started from its own files."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict

_WSGI = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"a throw-away site"]
"""
_BALANCER = """\
global
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 40s
frontend site
    bind 127.0.0.1:{port}
    default_backend web
backend web
    option httpchk
    http-check send meth GET uri {health} ver HTTP/1.1 hdr Host {domain}
    server web1 {address}:80 check inter 500ms
"""
_START = r"""
ip address add "$1/32" dev lo; mkdir -p "/run/$2" /var/log/nginx
gunicorn --config "/etc/$2/gunicorn.conf.py" >/run/said 2>&1 &
for try in $(seq 600); do [ -S "/run/$2/gunicorn.sock" ] && break; sleep 0.1; done
nginx -g 'daemon off;' >>/run/said 2>&1 &
haproxy -db -f /etc/elsewhere.cfg >>/run/said 2>&1 &
"""
_ASK = r"""
where = {"port": sys.argv[3], "host": sys.argv[4]}
status, text = wait_http("/", **where)
print(f"GET / through the balancer: {status} {text}")
measured(lambda: get("/", **where), 200, "a page through all three")
"""


def boot(stage: Stage) -> Verdict:
    """A page is fetched through it, and it knows by the health path that the server lives."""
    host, site = stage.placed.host, stage.placed.cluster.sites[0]
    module, _, name = site.code.wsgi.partition(":")
    stage.scaffold(
        f"{site.code.directory}/{module.replace('.', '/')}.py", _WSGI.replace("application", name or "application")
    )
    port = stage.placed.cluster.design.externals[0].endpoint.rpartition(":")[2]
    health = f"{site.path}-/health"
    text = _BALANCER.format(port=port, health=health, domain=site.domains[0], address=host.address)
    stage.scaffold("/etc/elsewhere.cfg", text)
    expects = ("GET / through the balancer: 200 a throw-away site",)
    words = [host.address, site.name, port, site.domains[0]]
    return booting.boot(stage, start=_START, ask=_ASK, expects=expects, words=words)
