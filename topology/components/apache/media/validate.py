"""Lets Apache test the files of a media server, and starts it to fetch a file."""

from __future__ import annotations

from topology.components.apache.checking import (
    START,
    directives,
    folders_differ,
    names_differ,
    tested,
    verdict,
)
from topology.components.apache.media.files import SITES
from topology.components.apache.vhosts import media_vhosts_of
from topology.components.base import Stage, Verdict
from topology.components.booting import boot as started

_ASK = r"""
host, health, file, missing = sys.argv[1:]
wait_port("127.0.0.1", 80)
status, text, headers = get(file, host=host)
print(f"GET {file}: {status} {text.strip()}")
print("kept for", headers.get("Cache-Control"), "and checked by", "ETag" if headers.get("ETag") else "nothing")
print(f"GET again with its ETag: {get(file, host=host, headers={'If-None-Match': headers['ETag']})[0]}")
print(f"HEAD: {get(file, host=host, method='HEAD')[:2]}")
print(f"health: {get(health, host=host)[:2]}")
print(f"GET {missing}: {get(missing, host=host)[0]}")
print(f"a folder: {get(file.rpartition('/')[0] + '/', host=host)[0]}")
print(f"a stranger's name: {get(file, host='elsewhere.example')[0]}")
print(f"out of the folder: {get(file + '/../../../../etc/passwd', host=host)[0]}")
measured(lambda: get(file, host=host), 400, "a file of 7 bytes on a new connection")
"""
FILE = "static/tierwright.txt"


def check(stage: Stage) -> Verdict:
    """apache2 -t without a word beside `Syntax OK`; every name and folder is that of the design."""
    return verdict(tested(stage) or _differs(stage))


def _differs(stage: Stage) -> str:
    found, vhosts = directives(stage, SITES), media_vhosts_of(stage.placed)
    return folders_differ(found, vhosts) or names_differ(found, vhosts)


def boot(stage: Stage) -> Verdict:
    """Apache as it is, asked for a file, for one that is not there, and for what it must not show."""
    site = stage.placed.cluster.sites[0]
    stage.scaffold(f"{site.root}/{FILE}", "served\n")
    stage.scaffold(f"{site.root}/media/picture.jpg", "a picture\n")
    words = [site.media_domain, "/-/health", f"{site.path}{FILE}", f"{site.path}media/none.jpg"]
    expects = [
        f"GET {site.path}{FILE}: 200 served",
        "kept for max-age=",
        "checked by ETag",
        "GET again with its ETag: 304",
        "HEAD: (200, '')",
        "health: (200, 'ok\\n')",
        f"GET {site.path}media/none.jpg: 404",
        "a folder: 404",
        "a stranger's name: 404",
        "out of the folder: 400",
        "measured: ",
    ]
    return started(stage, start=START, ask=_ASK, expects=expects, words=words)
