"""Lets lighttpd test the files of a media server, and starts it to fetch a file."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.booting import boot as started
from topology.components.fronting import media_folders_of
from topology.components.lighttpd.checking import START, folders_differ, names_differ, settings_of, tested
from topology.components.lighttpd.media.files import HEALTH_FILE
from topology.sizing import HEALTH_PATH

FILE = "static/tierwright.css"
_ASK = r"""
host, health, file, missing = sys.argv[1:]
wait_port("127.0.0.1", 80)
status, text, headers = get(file, host=host)
print(f"GET {file}: {status} {text.strip()}")
print("as", headers.get("Content-Type"), "kept for", headers.get("Cache-Control"))
print(f"GET again with its ETag: {get(file, host=host, headers={'If-None-Match': headers['ETag']})[0]}")
print(f"health: {get(health, host=host)[:2]}")
print(f"GET {missing}: {get(missing, host=host)[0]}")
print(f"a folder: {get(file.rpartition('/')[0] + '/', host=host)[0]}")
print(f"a stranger's name: {get(file, host='elsewhere.example')[0]}")
print(f"beside the folders: {get('/index.lighttpd.html', host=host)[0]}")
print(f"out of the folder: {get(file + '/../../../../etc/passwd', host=host)[0]}")
print(f"in the log: {open('/var/log/lighttpd/access.log').read().count(health)} health checks")
measured(lambda: get(file, host=host), 2000, "a file of 7 bytes over a new connection")
"""


def check(stage: Stage) -> Verdict:
    """lighttpd -tt without a word; every name and folder is that of the design."""
    problem = tested(stage) or _differs(stage)
    return Verdict(accepted=not problem, says=problem or "lighttpd -tt says nothing, and the folders are the design's")


def _differs(stage: Stage) -> str:
    found, names = settings_of(stage), media_folders_of(stage.placed)
    folders = [(name, each["url"], each["directory"]) for name, listed in names.items() for each in listed]
    healthy = [(name, f"/{HEALTH_PATH}", HEALTH_FILE) for name in names]
    return names_differ(found, names) or folders_differ(found, [*folders, *healthy])


def boot(stage: Stage) -> Verdict:
    """lighttpd as it is, asked for a file, for one that is not there, and for what it must not show."""
    site = stage.placed.cluster.sites[0]
    stage.scaffold(f"{site.root}/{FILE}", "served\n")
    words = [site.media_domain, f"/{HEALTH_PATH}", f"{site.path}{FILE}", f"{site.path}media/none.jpg"]
    expects = [
        f"GET {site.path}{FILE}: 200 served",
        "as text/css",
        "kept for max-age=",
        "GET again with its ETag: 304",
        "health: (200, 'ok\\n')",
        f"GET {site.path}media/none.jpg: 404",
        "a folder: 403",
        "a stranger's name: 403",
        "beside the folders: 403",
        "in the log: 0 health checks",
        "measured: ",
    ]
    return started(stage, start=START, ask=_ASK, expects=expects, words=words)
