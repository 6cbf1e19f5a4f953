"""What the validators of both roles share: lighttpd's own test with every warning an error, and what it passes over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from topology.components.base import Stage
from topology.components.lighttpd.main import DROP_IN, MAIN, UNIT
from topology.components.lighttpd.reader import Setting, pairs, parse
from topology.components.units import unit_problem

START = """
mkdir -p /var/log/lighttpd /var/cache/lighttpd/uploads
chown www-data: /var/log/lighttpd /var/cache/lighttpd/uploads
ln -s /var/log/lighttpd/error.log /run/said
lighttpd -f /etc/lighttpd/lighttpd.conf
"""
"""Shell lines that start lighttpd as its unit does, in the background."""
COPY = "/run/validate-lighttpd.conf"
_TEST = f"""
mkdir -p /var/log/lighttpd /var/cache/lighttpd/uploads
# The namespace knows no other account than its own, so the two lines that name another are tested apart.
grep -q '^server.username = "www-data"$' {MAIN} && grep -q '^server.groupname = "www-data"$' {MAIN} ||
    {{ echo 'the account is not www-data'; exit 9; }}
sed '/^server.username = /d; /^server.groupname = /d' {MAIN} >{COPY}
lighttpd -tt -f {COPY}
"""
BEFORE, AFTER = ("mod_rewrite", "mod_redirect", "mod_access", "mod_alias"), ("mod_accesslog",)
"""Modules that stand before mod_fastcgi, and after it: each request goes through them in the order of the list."""


def tested(stage: Stage) -> str:
    """What is wrong by lighttpd's own test; an unknown name is only a warning to it. Empty where nothing is."""
    ran = stage.run(["sh", "-c", _TEST])
    lines = [line for line in ran.output.replace(COPY, MAIN).strip().splitlines() if line]
    if ran.status != 0 or lines:
        return "\n".join(_without_time(line) for line in lines) or "lighttpd -tt failed"
    return unit_problem(stage, UNIT, of=DROP_IN)


def settings_of(stage: Stage) -> tuple[Setting, ...]:
    """The staged configuration, read back."""
    return parse(stage.read(MAIN))


def order_differs(found: Sequence[Setting]) -> str:
    """mod_fastcgi before mod_access would serve what is denied; mod_accesslog before it would log no answer."""
    loaded = [str(value) for each in found if each.name == "server.modules" for _, value in pairs(each.value)]
    place = {name: number for number, name in enumerate(loaded)}
    if "mod_fastcgi" not in place:
        return "mod_fastcgi is not loaded"
    for name in (*BEFORE, *AFTER):
        wrong = name in place and (place[name] < place["mod_fastcgi"]) != (name in BEFORE)
        if wrong or (name in ("mod_access", "mod_alias") and name not in place):
            return f"{name} stands in the wrong place of server.modules, or not at all: {', '.join(loaded)}"
    return ""


def names_differ(found: Sequence[Setting], expected: Iterable[str]) -> str:
    """A host name without a block of its own, or with one that the design does not have."""
    odd = {each.host for each in found if each.host} ^ set(expected)
    return f"host names other than those of the design: {', '.join(sorted(odd))}" if odd else ""


def folders_differ(found: Sequence[Setting], expected: Iterable[tuple[str, str, str]]) -> str:
    """Name, prefix and directory of every alias; lighttpd does not look whether a directory is there."""
    served = {(each.host, url, str(to)) for each in found if each.name == "alias.url" for url, to in pairs(each.value)}
    odd = ", ".join(f"{directory} at {name}{url}" for name, url, directory in sorted(served ^ set(expected)))
    return f"folders other than those of the design: {odd}" if odd else ""


def _without_time(line: str) -> str:
    """A message without the time before it, so that two runs say the same."""
    date, _, rest = line.partition(": ")
    return rest if date[:2] == "20" else line
