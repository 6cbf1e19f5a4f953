"""Starts nginx before a real Django site, in whatever language its application speaks, and asks it."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Placed, Stage, Verdict
from topology.components.nginx.files import applications, speech_of
from topology.components.nginx.validate import FILE
from topology.design import Site

_START = r"""
for address in $1; do ip addr add "$address/32" dev lo; done
mkdir -p /var/log/nginx /var/lib/nginx /run/site
ln -s /var/log/nginx/error.log /run/said
export PYTHONPATH=/run/site
# Each place is a word: LANGUAGE,PLACE,PREFIX
for place in $2; do
    IFS=, read -r language where prefix <<<"$place"
    [ "${where#unix:}" = "$where" ] || install -d "$(dirname "${where#unix:}")"
    case $language in
    http) SCRIPT_NAME=$prefix gunicorn --chdir /run/site --bind "$where" --umask 0 sample:application \
        >>/run/application 2>&1 & ;;
    fastcgi) python3 -c "$3" "${where#unix:}" "$prefix" >>/run/application 2>&1 & ;;
    uwsgi) uwsgi --plugin python3 --pythonpath "$(python3 -c 'import django; print(django.__path__[0])')/.." \
        --socket "${where#unix:}" --chmod-socket=666 --pythonpath /run/site --manage-script-name \
        --mount "${prefix:-/}=sample:application" >>/run/application 2>&1 & ;;
    esac
done
# Each of nginx's processes finds out for itself who does not answer, and remembers it.
for place in $2; do IFS=, read -r language where prefix <<<"$place"; listening "${where#unix:}"; done
nginx || exit
"""
_FASTCGI = r"""
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
_ALONE = """
only("nginx")
"""
_FILE = """
host, path, prefix = sys.argv[4:7]
wait_port("127.0.0.1", 80)
status, text, headers = get(path, host=host)
print(f"GET {path}: {status} {headers.get('Location') or text.strip()}")
if status == 200:
    print("not there:", get(path + ".none", host=host)[0])
    measured(lambda: get(path, host=host), 2000, "a file of 7 bytes over a new connection")
"""
_SITE = r"""
wait_for(lambda: get(prefix, host=host)[0], lambda status: status == 200)
ask_site(prefix, host=host)
told = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https", "Forwarded": "for=9.9.9.9", "Proxy": "bad"}
who = eval(get(f"{prefix}who/", host=host, headers=told)[1])
print("the client is", who["HTTP_X_FORWARDED_FOR"], "and came by", who["HTTP_X_FORWARDED_PROTO"])
print("below", who["SCRIPT_NAME"] or "/")
try:
    print("a stranger's name:", get("/", host="elsewhere.example")[0])
except http.client.RemoteDisconnected:
    print("a stranger's name: no answer")
measured(lambda: get(f"{prefix}who/", host=host), 1000, "nginx's part of a page over a new connection")
"""


def boot(stage: Stage) -> Verdict:
    """nginx as it is: a file of the first site, and for a web server the site itself."""
    placed, site = stage.placed, stage.placed.cluster.sites[0]
    stage.scaffold(f"{site.root}/{FILE}", "served\n")
    is_web = placed.role.name == "nginx"
    words = ["", "", _FASTCGI, site.domains[0] if is_web else site.media_domain, f"{site.path}{FILE}", site.path]
    expects = [": 301 " if is_web and placed.cluster.hosts_offering("media") else ": 200 served"]
    start, ask = booting.LISTENING + _START, _ALONE + _FILE
    if is_web:
        stage.scaffold("/run/site/sample.py", booting.SAMPLE_SITE)
        words[:2] = [_addresses(placed, site), " ".join(_places(placed, site))]
        ask += booting.SAMPLE_QUESTIONS + _SITE
        expects += ["page 200, missing page 404", "the client is 127.0.0.1 and came by http", "name: no answer"]
        expects.append(f"below {site.path.rstrip('/') or '/'}\n")
    return booting.boot(stage, start=start, ask=ask, expects=expects, words=words)


def _places(placed: Placed, site: Site) -> list[str]:
    speech, prefix = speech_of(placed, site), site.path.rstrip("/")
    return [f"{speech},{where},{prefix}" for where in applications(placed, site)]


def _addresses(placed: Placed, site: Site) -> str:
    found = [where.rpartition(":")[0] for where in applications(placed, site) if not where.startswith("unix:")]
    return " ".join(dict.fromkeys(found))
