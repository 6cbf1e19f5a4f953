"""Lets nginx test the whole tree of its files."""

from __future__ import annotations

from topology.components.base import Stage, Verdict

COPY = "/run/validate-nginx.conf"
_SCRIPT = f"""
mkdir -p /var/log/nginx /var/lib/nginx
# The namespace knows no other user than its own, so the one line that names another is tested apart.
grep -q '^user www-data;$' /etc/nginx/nginx.conf && getent passwd www-data >/dev/null || exit 9
sed 's/^user www-data;$/user root;/' /etc/nginx/nginx.conf >{COPY}
nginx -t -c {COPY}
"""


def check(stage: Stage) -> Verdict:
    """nginx -t; a server name that stands twice is only a warning to it, and one of the two sites is then gone."""
    ran = stage.run(["sh", "-c", _SCRIPT])
    accepted = ran.status == 0 and "conflicting server name" not in ran.output
    says = ran.output.replace(COPY, "/etc/nginx/nginx.conf")
    return Verdict(accepted=accepted, says="\n".join(_without_time(line) for line in says.splitlines()))


def _without_time(line: str) -> str:
    """A message without the time that nginx puts before it, so that two runs say the same."""
    words = line.split(" ")
    return " ".join(words[2:3] + words[4:]) if line[:2] == "20" and len(words) > 4 else line
