"""Starts lighttpd before real Django sites that speak FastCGI, and asks them and their files."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Placed, Stage, Verdict
from topology.components.lighttpd.checking import START
from topology.components.lighttpd.fastcgi.files import places_of

FILE = "static/tierwright.css"
_APPLICATIONS = r"""
for address in $1; do ip addr add "$address/32" dev lo; done
export PYTHONPATH=/run/site
# Each place is a word: PLACE,PREFIX
for place in $2; do
    IFS=, read -r where prefix <<<"$place"
    [ "${where#/}" = "$where" ] || install -d "$(dirname "$where")"
    python3 -c "$3" "$where" "$prefix" >>/run/application 2>&1 &
done
for place in $2; do listening "${place%%,*}"; done
"""
_SERVE = r"""
import sys
from flup.server.fcgi import WSGIServer
from sample import application
where, prefix = sys.argv[1:]
def answer(environ, start):
    path = environ["PATH_INFO"]
    environ.update(SCRIPT_NAME=prefix, PATH_INFO=path[len(prefix):] if path.startswith(f"{prefix}/") else path)
    return application(environ, start)
address = where if where[0] == "/" else (where.split(":")[0], int(where.split(":")[1]))
WSGIServer(answer, bindAddress=address, umask=0).run()
"""
_ASK = r"""
only("lighttpd")
host, prefix, file, *more = sys.argv[4:]
wait_port("127.0.0.1", 80)
for each, below in ((host, prefix), *(tuple(word.split(",")) for word in more)):
    status, text, _ = get(below, host=each)
    where = eval(get(f"{below}who/", host=each)[1])["SCRIPT_NAME"]
    print(f"GET {each}{below}: {status} {text} below {where or '/'}")
ask_site(prefix, host=host)
status, text, headers = get(file, host=host)
print(f"GET {file}: {status} {headers.get('Location') or text.strip()}")
if status == 200:
    print("a file that is not there:", get(file + ".none", host=host)[0])
told = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https", "Forwarded": "for=9.9.9.9", "Proxy": "bad"}
who = eval(get(f"{prefix}who/", host=host, headers=told)[1])
print("the client is", who["REMOTE_ADDR"], "came by", who["HTTP_X_FORWARDED_PROTO"],
      "and says", who["HTTP_X_FORWARDED_FOR"] or "nothing")
print("a stranger's name:", get("/", host="elsewhere.example")[0])
measured(lambda: get(f"{prefix}who/", host=host), 1000, "lighttpd's part of a page over a new connection")
"""


def boot(stage: Stage) -> Verdict:
    """lighttpd as it is; every site of its names, and of the first one all that a site must answer."""
    placed = stage.placed
    sites = placed.cluster.sites
    first = sites[0]
    stage.scaffold("/run/site/sample.py", booting.SAMPLE_SITE)
    stage.scaffold(f"{first.root}/{FILE}", "served\n")
    file = f"{first.path}{FILE}"
    asked = [f"{name},{site.path}" for site in sites for name in site.domains]
    words = [_addresses(placed), " ".join(_places(placed)), _SERVE, first.domains[0], first.path, file, *asked]
    shown = [(name, site.path) for site in sites for name in site.domains]
    expects = [f"GET {name}{path}: 200 a throw-away site below {path.rstrip('/') or '/'}\n" for name, path in shown]
    expects += ["page 200, missing page 404", "came by http and says nothing", "a stranger's name: 403", "measured: "]
    expects.append(f"GET {file}: 301 " if placed.cluster.hosts_offering("media") else f"GET {file}: 200 served")
    start, ask = booting.LISTENING + _APPLICATIONS + START, booting.SAMPLE_QUESTIONS + _ASK
    return booting.boot(stage, start=start, ask=ask, expects=expects, words=words)


def _places(placed: Placed) -> list[str]:
    listed = [(place, site) for site in placed.cluster.sites for place in places_of(placed, site)]
    return [
        "{},{}".format(place["socket"] or f"{place['address']}:{place['port']}", site.path.rstrip("/"))
        for place, site in listed
    ]


def _addresses(placed: Placed) -> str:
    edges = placed.cluster.edges_from(placed, "app")
    return " ".join(dict.fromkeys(placed.cluster.host(e.server).address for e in edges if not e.endpoint.socket))
