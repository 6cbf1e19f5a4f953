"""Lets nginx test the whole tree of its files, then holds the applications that it passes to against the design."""

from __future__ import annotations

import re

from topology.components.base import Stage, Verdict
from topology.components.nginx.files import MAIN, WEB, applications

COPY = "/run/validate-nginx.conf"
_TEST = f"""
mkdir -p /var/log/nginx /var/lib/nginx
# The namespace knows no other user than its own, so the one line that names another is tested apart.
grep -q '^user www-data;$' {MAIN} && getent passwd www-data >/dev/null || {{ echo 'user is not www-data'; exit 9; }}
sed 's/^user www-data;$/user root;/' {MAIN} >{COPY}
nginx -t -c {COPY}
"""
_BOOT = """
mkdir -p /var/log/nginx /var/lib/nginx
nginx && exec python3 -c "$0" "$@"
"""
_ASK = """
import http.client, sys
host, path = sys.argv[1:]
asked = http.client.HTTPConnection("127.0.0.1", timeout=5)
asked.request("GET", path, headers={"Host": host})
answer = asked.getresponse()
print(f"GET {path}: {answer.status} {answer.getheader('Location') or answer.read().decode().strip()}")
"""
FILE = "static/tierwright.txt"


def check(stage: Stage) -> Verdict:
    """nginx -t without a warning: a server name that stands twice is only that, and one of the two sites is gone."""
    ran = stage.run(["sh", "-c", _TEST])
    lines = [_without_time(line) for line in ran.output.replace(COPY, MAIN).splitlines()]
    if ran.status != 0 or any(line.startswith("[warn]") for line in lines):
        return Verdict(accepted=False, says="\n".join(lines))
    if "web" in stage.placed.component.offers[stage.placed.role.name] and _passed_to(stage) != _expected(stage):
        odd = ", ".join(sorted(_passed_to(stage) ^ _expected(stage)))
        return Verdict(accepted=False, says=f"the applications differ from the design: {odd}")
    return Verdict(accepted=True, says="\n".join(lines))


def _passed_to(stage: Stage) -> set[str]:
    return set(re.findall(r"^\s*server (\S+) max_fails", stage.read(WEB), re.MULTILINE))


def _expected(stage: Stage) -> set[str]:
    return {server for site in stage.placed.cluster.sites for server in applications(stage.placed, site)}


def _without_time(line: str) -> str:
    """A message without the time that nginx puts before it, so that two runs say the same."""
    words = line.split(" ")
    return " ".join(words[2:3] + words[4:]) if line[:2] == "20" and len(words) > 4 else line


def boot(stage: Stage) -> Verdict:
    """nginx as it is, asked for a static file of the first site."""
    site = stage.placed.cluster.sites[0]
    stage.scaffold(f"{site.root}/{FILE}", "served\n")
    name = site.domains[0] if stage.placed.role.name == "nginx" else site.media_domain
    ran = stage.run(["sh", "-c", _BOOT, _ASK, name, f"{site.path}{FILE}"])
    said = ran.output.strip()
    return Verdict(accepted=said.endswith(": 200 served") or ": 301 " in said, says=said)
