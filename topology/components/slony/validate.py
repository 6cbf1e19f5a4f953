"""Lets slonik read every script and slon its file, with no database to reach: what is refused then is the text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from topology.components.base import Stage, Verdict
from topology.components.booting import CHECK_SECONDS
from topology.components.slony.files import SCRIPTS, folder_of, listed_of, unit_of
from topology.components.slony.settings import Node, nodes_of, own_node
from topology.design import Site

_SLON = """
: >/run/validate-slon
slon -f "$1" >/run/validate-slon 2>&1 & slon=$!
for try in $(seq 600); do # it has read its file once it misses its database
    kill -0 $slon 2>/dev/null || break
    grep -q FATAL /run/validate-slon && break
    sleep 0.1
done
{ kill $slon; wait $slon; } 2>/dev/null
grep -E 'WARN|ERROR|conn_info|cluster_name|usage' /run/validate-slon
systemd-analyze verify "$2" 2>&1 | grep -F "$(basename "$2")"
"""
_LISTED = "set add table (set id = 1, origin = 1, id = 1, fully qualified name = 'public.auth_user');\n"
_UNREACHED = re.compile(r"connection to server at|Is the server running on that host|timeout expired|fe_sendauth")
_NUMBERED = re.compile(r"(receiver|confirmed|client|server|provider|origin|event node) = (\d+)")
_TIME = re.compile(r"^\d{4}-\d\d-\d\d [\d:]+ \w+ ")


def check(stage: Stage) -> Verdict:
    """slonik must find nothing but servers that it cannot reach, slon know every key, each pair have its paths."""
    placed = stage.placed
    own, nodes = own_node(placed), nodes_of(placed)
    for site in placed.cluster.sites:
        stage.scaffold(listed_of(site), _LISTED)
    problems = [problem for site in placed.cluster.sites for problem in _problems(stage, site, own, nodes)]
    if problems:
        return Verdict(accepted=False, says="\n".join(dict.fromkeys(problems)))
    return Verdict(accepted=True, says="slonik and slon know every word; they miss only the databases")


def _problems(stage: Stage, site: Site, own: Node, nodes: tuple[Node, ...]) -> Iterator[str]:
    yield from _of_slon(stage, site, own)
    if own.number != 1:
        return
    yield from _pathless(stage.read(f"{folder_of(site)}/init.slonik"), nodes)
    names = [f"{name}.slonik" for name in SCRIPTS[1:]] + [f"move-to-{node.host}.slonik" for node in nodes[1:]]
    known = {str(node.number) for node in nodes}
    for name in names:
        for word, number in _NUMBERED.findall(stage.read(f"{folder_of(site)}/{name}")):
            if number not in known:
                yield f"{name}: {word} {number} is no node"  # slonik itself does not look at every number
        ran = stage.run(["slonik", f"{folder_of(site)}/{name}"], as_root=False)
        yield from (line for line in ran.output.splitlines() if line.strip() and not _UNREACHED.search(line))


def _of_slon(stage: Stage, site: Site, own: Node) -> Iterator[str]:
    """slon starts with a key that it does not know, and with a value out of range: it warns, and takes its own."""
    unit = f"/etc/systemd/system/{unit_of(site)}"
    ran = stage.run(["sh", "-c", _SLON, "slon", f"{folder_of(site)}/slon.conf", unit], seconds=CHECK_SECONDS)
    said = [_TIME.sub("", line) for line in ran.output.splitlines()]
    yield from (line for line in said if "option c" not in line)
    if not any("cluster_name = " + site.database in line for line in said):
        yield f"slon.conf is not of the cluster {site.database}"
    if not any(f"host={own.address} " in line for line in said):
        yield f"slon.conf does not name the database beside it, {own.address}"


def _pathless(text: str, nodes: tuple[Node, ...]) -> Iterator[str]:
    """slonik takes a cluster whose nodes do not all reach each other; it stands still once the origin moves."""
    for server, client in itertools.permutations(nodes, 2):
        wanted = rf"store path \(server = {server.number}, client = {client.number}, conninfo = 'host={server.address} "
        if not re.search(wanted, text):
            yield f"{client.host} has no path to {server.host}"
