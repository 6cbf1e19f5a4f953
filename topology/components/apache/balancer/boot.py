"""Starts Apache before real web servers in a network of their own, drains one, kills one, and asks throughout."""

from __future__ import annotations

from topology.components import booting
from topology.components.apache.checking import START
from topology.components.balancing import media_of, web_of
from topology.components.base import Stage, Verdict

_FAR = r"""
own=$1 web=$2 media=$3 name=$4 module=$5 directory=$6 prefix=$7 media_name=$8
unshare --net sh -c 'echo $$ >/run/far; exec sleep infinity' &
while [ ! -s /run/far ]; do sleep 0.05; done
far=$(cat /run/far)
ip link add eth0 type veth peer name far0 netns $far
ip addr add "$own" dev eth0 && ip link set eth0 up
there() { nsenter --target $far --net "$@"; }
for address in $web $media; do there ip addr add "$address" dev far0; done
there ip link set far0 up; there ip link set lo up
there env SCRIPT_NAME="${prefix%/}" gunicorn --chdir "$directory" --threads 8 --bind unix:/run/far.sock "$module" \
    >/run/far.said 2>&1 &
mkdir -p /run/servers /var/log/nginx /var/lib/nginx
server() {
    cat >/run/servers/$1.conf <<END
user root; daemon off; pid /run/servers/$1.pid; error_log /run/far.said;
events { }
http { access_log off;
server { listen $1:80 default_server; return 444; }
server { listen $1:80; server_name $2; client_max_body_size 0; add_header X-Server $1 always;
location $4 { $3; } }
}
END
    there setsid nginx -c /run/servers/$1.conf >>/run/far.said 2>&1 &
}
for address in $web; do
    server "${address%/*}" "$name" 'proxy_set_header Host $host; proxy_pass http://unix:/run/far.sock' "$prefix"
done
for address in $media; do server "${address%/*}" "$media_name" 'return 200 "a picture"' /; done
"""
_ASK = r"""
import re, signal, threading
host, prefix, media_name, first = sys.argv[4], sys.argv[7], sys.argv[8], sys.argv[2].split()[0].partition("/")[0]
where = {"host": host}
only("apache2")
def answers(times=30):
    return [get(prefix, **where) for _ in range(times)]
def servers(times=30):
    return {headers.get("X-Server") if status == 200 else None for status, _, headers in answers(times)}
def manage(status):
    place, told = "/balancer-manager", {"Referer": "http://localhost/balancer-manager"}
    shown = get(place, headers=told)[1]
    member = re.search(rf"b=web&amp;w=http://{re.escape(first)}&amp;nonce=[0-9a-f-]+", shown)[0].replace("&amp;", "&")
    told["Content-Type"] = "application/x-www-form-urlencoded"
    get(place, method="POST", body=f"{member}&w_status_N={status}", headers=told)
everyone = wait_for(servers, lambda found: None not in found and len(found) == len(sys.argv[2].split()))
print("GET /:", *get(prefix, **where)[:2])
ask_site(prefix, **where)
print("all servers answer:", len(everyone) == len(sys.argv[2].split()))
seen = get(prefix + "who/", headers={"X-Forwarded-For": "9.9.9.9"}, **where)[1]
print("the client's address, once:", "'HTTP_X_FORWARDED_FOR': '127.0.0.1'" in seen)
large = {"Content-Length": str(21 << 20)}
print("too large an upload:", get(prefix + "upload/", method="POST", headers=large, **where)[0])
if sys.argv[3]:
    print("media:", *wait_for(lambda: get("/media/x.jpg", host=media_name)[:2], lambda answer: answer[0] == 200))
measured(lambda: get(prefix, **where), 300, "a request")
manage(1)
print("drained:", first not in servers())
manage(0)
print("back:", wait_for(lambda: first in servers()))
time.sleep(8)
print("still there after checks by the site's name:", wait_for(lambda: servers() == everyone))
found, stop = [], time.monotonic() + 4
def load():
    while time.monotonic() < stop:
        try:
            found.append(get(prefix, **where)[0])
        except FAILED:
            found.append(0)
        time.sleep(0.02)
threads = [threading.Thread(target=load) for _ in range(4)]
[thread.start() for thread in threads]
time.sleep(1)
os.killpg(int(open(f"/run/servers/{first}.pid").read()), signal.SIGKILL)
[thread.join() for thread in threads]
lost = sum(status != 200 for status in found)
print(f"killed under load: {lost} of {len(found)} lost")
well = lost <= 4 and {status for status, _, _ in answers()} == {200} and first not in servers()
print("then:", "200 from the others alone" if well else "not well")
"""
_EXPECTED = (
    "GET /: 200 a throw-away site",
    "page 200, missing page 404, redirect 302, query string, path with umlaut and percent, upload of 300 kB 201",
    "all servers answer: True",
    "the client's address, once: True",
    "too large an upload: 413",
    "measured: ",
    "drained: True",
    "back: True",
    "still there after checks by the site's name: True",
    "then: 200 from the others alone",
)


def boot(stage: Stage) -> Verdict:
    """nginx before gunicorn and Django for each web server of the design, at its own address."""
    placed = stage.placed
    site, prefix = placed.cluster.sites[0], placed.cluster.design.cidr.prefixlen
    booting.scaffold_sites(stage)
    web = " ".join(f"{member.address}/{prefix}" for member in web_of(placed, 0))
    media = " ".join(f"{member.address}/{prefix}" for member in media_of(placed))
    module, _, name = site.code.wsgi.partition(":")
    words = [f"{placed.host.address}/{prefix}", web, media, site.domains[0], f"{module}:{name or 'application'}"]
    words += [site.code.directory, site.path, site.media_domain]
    expects = (*_EXPECTED, "media: 200 a picture") if media else _EXPECTED
    return booting.boot(stage, start=_FAR + START, ask=booting.SAMPLE_QUESTIONS + _ASK, expects=expects, words=words)
