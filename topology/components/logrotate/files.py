"""Which logs of a server no package rotates, the rule for them, and the same read back."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

from topology.components.base import Placed
from topology.components.logrotate.settings import LogrotateSettings, size
from topology.components.reading import Reading, Texts
from topology.components.rendering import Token, words

PATH = "/etc/logrotate.d/tierwright"
OF_PACKAGES = (
    "/var/log/apache2/*.log",
    "/var/log/apt/*.log",
    "/var/log/chrony/*.log",
    "/var/log/haproxy.log",
    "/var/log/lighttpd/*.log",
    "/var/log/mysql/*.log",
    "/var/log/nginx/*.log",
    "/var/log/pgbackrest/*.log",
    "/var/log/postgresql/*.log",
    "/var/log/prometheus/*.log",
    "/var/log/redis/redis-server*.log",
    "/var/log/slony1/*.log",
    "/var/log/squid/*.log",
)
"""What the rules in /etc/logrotate.d of Debian 12's packages match, as they stand on a server with the packages."""


def text_of(placed: Placed) -> str:
    """The rule of one server; empty where nothing is left to rotate."""
    logs = tuple(dict.fromkeys(_left_over(placed)))
    if not logs:
        return ""
    lines = [
        "    daily",
        f"    {words('rotate', size(placed)['keep_days'])}",
        *("    compress", "    delaycompress", "    missingok", "    notifempty", "    copytruncate"),
    ]
    head = "\n".join(Token(log) for log in logs)
    return "\n".join([f"{head} {{", *lines, "}"]) + "\n"


def _left_over(placed: Placed) -> Iterator[str]:
    written = placed.written.also if isinstance(placed.written, LogrotateSettings) else None
    yield from written or ()
    for other in placed.cluster.by_host[placed.host.name]:
        for log in other.component.logs:
            if log.path.startswith("/") and " " not in log.path and not is_rotated(log.path, OF_PACKAGES):
                yield log.path


def is_rotated(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of these paths or patterns names the file, or is the very same pattern."""
    return any(path == pattern or fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def read(texts: Texts) -> Reading:
    """What is rotated here: what the file names, and what the rules of packages do."""
    own = re.findall(r"^(/\S+)", texts.get(PATH, ""), re.MULTILINE)
    return Reading(rotates=(*own, *OF_PACKAGES))
