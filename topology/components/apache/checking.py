"""What the validators of Apache's roles share: its own test of the whole tree, and what that test passes over."""

from __future__ import annotations

import re
from collections.abc import Sequence

from topology.components.apache.main import LOG_FOLDER, MAIN
from topology.components.apache.parsing import Directive, directives_of
from topology.components.apache.units import DROP_IN
from topology.components.apache.vhosts import Vhost, vhosts_of
from topology.components.base import Placed, Stage, Verdict
from topology.components.fronting import folders_of
from topology.components.units import unit_problem

_TEST = f"""
mkdir -p /run/apache2 /var/log/apache2
apache2 -t -f {MAIN}
"""
START = f"""
mkdir -p /run/apache2 /var/log/apache2
ln -s {LOG_FOLDER}/error.log /run/said
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C apache2 -f {MAIN} -k start
"""
"""Shell lines that start Apache as its unit does; what it says later is in /run/said."""
FILES_NAMED = frozenset({"typesconfig", "wsgiscriptalias"})
"""Directives whose file Apache's test does not look for, though it cannot start or answer without."""


def tested(stage: Stage) -> str:
    """What is wrong with the files by Apache's own test, its warnings among it; empty where nothing is."""
    ran = stage.run(["sh", "-c", _TEST])
    lines = [_without_time(line) for line in ran.output.strip().splitlines()]
    if ran.status != 0 or lines != ["Syntax OK"]:
        return "\n".join(lines) or "apache2 -t failed"
    return _missing(stage) or unit_problem(stage, "apache2.service", of=DROP_IN)


def verdict(problem: str) -> Verdict:
    """Accepted where there is no problem."""
    return Verdict(accepted=not problem, says=problem or "Syntax OK, and every name and file is that of the design")


def directives(stage: Stage, *sites: str) -> tuple[Directive, ...]:
    """The staged configuration, read back; `sites` are the files that the main file includes."""
    texts = {path: stage.read(path) for path in (MAIN, *sites)}
    return directives_of(texts, MAIN)


def names_differ(found: Sequence[Directive], expected: Sequence[Vhost]) -> str:
    """A host name that is served twice, or by nobody, or is not the design's; Apache's test sees none of these."""
    named = [word for each in found if each.name in ("servername", "serveralias") and each.vhost for word in each.words]
    wanted = [name for vhost in expected for name in vhost.names]
    odd = sorted({name for name in named if named.count(name) > 1} | (set(named) - {UNKNOWN}) ^ set(wanted))
    return f"host names served twice, or other than those of the design: {', '.join(odd)}" if odd else ""


UNKNOWN = "unknown.invalid"
"""Name of the virtual host that takes every request for a name that is no site's."""


def sites_differ(placed: Placed, found: Sequence[Directive]) -> str:
    """Folders or names of sites other than the design's; where media servers have the files, no folder is served."""
    vhosts = vhosts_of(placed)
    with_files = () if placed.cluster.hosts_offering("media") else vhosts
    return folders_differ(found, with_files) or names_differ(found, vhosts)


def folders_differ(found: Sequence[Directive], expected: Sequence[Vhost]) -> str:
    """A folder served under another prefix, or of another site, than the design says."""
    served = [tuple(each.words) for each in found if each.name == "alias"]
    wanted = [
        (each["url"], each["directory"]) for vhost in expected for site in vhost.sites for each in folders_of(site)
    ]
    odd = sorted(set(served) ^ set(wanted)) or (served if len(served) != len(wanted) else [])
    return f"folders other than those of the design: {', '.join(' for '.join(pair) for pair in odd)}" if odd else ""


def _missing(stage: Stage) -> str:
    named = [each for each in directives(stage, *_included(stage)) if each.name in FILES_NAMED]
    for each in named:
        path = each.words[-1] if each.name == "typesconfig" else each.words[1]
        if stage.run(["test", "-r", path]).status != 0:
            return f"{each.name} names {path}, which is not there; Apache's test does not look"
    return ""


def _included(stage: Stage) -> list[str]:
    """The site file of the role under test: a host has one role of Apache."""
    paths = [file.path for file in stage.placed.component.files(stage.placed)]
    return [path for path in paths if path.startswith("/etc/apache2/tierwright/")]


def _without_time(line: str) -> str:
    """A message without its time and process, so that two runs say the same."""
    return re.sub(r"^\[[^\]]*\] (\[[^\]]*\]) \[pid [^\]]*\] ", r"\1 ", line)
