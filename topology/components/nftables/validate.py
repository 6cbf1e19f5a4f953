"""Lets nft check the rule set, then holds the loaded rules against the edges of the design."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from topology.components.base import Stage, Verdict
from topology.components.booting import SECONDS
from topology.components.nftables.rules import VRRP, rules_of

PATH = "/etc/nftables.conf"
Opening = tuple[str, int, frozenset[str]]
STRANGER = "192.0.2.9"
"""An address that documentation may use (RFC 5737): nobody's, so no plan lets it in."""
_BOOT = """
friend=$1
unshare --net sleep infinity & far=$!
while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add eth0 type veth peer name far0 netns $far
ip addr add 198.51.100.1/24 dev eth0 && ip link set eth0 up && ip route add default dev eth0
nsenter --target $far --net ip addr add "$friend/32" dev far0
nsenter --target $far --net ip addr add "$2/32" dev far0
nsenter --target $far --net ip link set far0 up
nsenter --target $far --net ip route add 198.51.100.1 dev far0
nft -f /etc/nftables.conf || exit
python3 -c 'import socket, time; door = socket.create_server(("", 22)); time.sleep(600)' &
exec nsenter --target $far --net python3 -c "$3" "$1" "$2"
"""
_KNOCK = """
import socket, sys, time
def knock(address, seconds):
    try:
        socket.create_connection(("198.51.100.1", 22), seconds, (address, 0)).close()
    except OSError:
        return "shut"
    return "open"
friend, stranger = sys.argv[1:]
until = time.monotonic() + 60
while (known := knock(friend, 10)) != "open" and time.monotonic() < until:
    time.sleep(0.1)
print(f"port 22 from {friend}: {known}; port 22 from {stranger}: {knock(stranger, 1)}")
"""


def check(stage: Stage) -> Verdict:
    """nft must accept the file, and its rules must open exactly the edges of the design and ssh."""
    checked = stage.run(["nft", "-c", "-f", PATH])
    if checked.status != 0:
        return Verdict(accepted=False, says=checked.output)
    loaded = stage.run(["sh", "-c", f"nft -f {PATH} && nft -j list table inet tierwright"])
    if loaded.status != 0:
        return Verdict(accepted=False, says=loaded.output)
    found, expected = _openings(json.loads(loaded.output)), _expected(stage)
    if found != expected:
        odd = sorted((protocol, port) for protocol, port, _ in found ^ expected)
        return Verdict(accepted=False, says=f"the rules differ from the edges of the design at {odd}")
    return Verdict(accepted=True, says=f"nft accepts it; it opens the {len(expected)} ports of the design and no other")


def _expected(stage: Stage) -> set[Opening]:
    placed = stage.placed
    openings = {("tcp", 22, frozenset({placed.cluster.design.admin_cidr}))}
    for rule in rules_of(placed):
        protocol, _, number = rule.match.partition(" dport ")
        opening = (protocol, int(number)) if number else ("vrrp", VRRP)
        openings.add((*opening, frozenset(rule.clients)))
    return openings


def _openings(document: dict[str, Any]) -> set[Opening]:
    """Ports that accepting rules open, with the addresses that they are open to."""
    found: set[Opening] = set()
    for item in document["nftables"]:
        rule = item.get("rule")
        if rule and any("accept" in part for part in rule["expr"]):
            opening = _opening([part["match"] for part in rule["expr"] if "match" in part])
            found |= {opening} if opening else set()
    return found


def _opening(matches: list[dict[str, Any]]) -> Opening | None:
    protocol, port, clients = "", 0, frozenset[str]()
    for match in matches:
        left = match["left"].get("payload", {})
        if left.get("field") == "dport":
            protocol, port = left["protocol"], match["right"]
        elif left.get("field") == "protocol":
            protocol, port = "vrrp", VRRP
        elif left.get("field") == "saddr":
            clients = frozenset(_addresses(match["right"]))
    return (protocol, port, clients) if protocol else None


def _addresses(right: Any) -> list[str]:
    if isinstance(right, dict) and "prefix" in right:
        return [f"{right['prefix']['addr']}/{right['prefix']['len']}"]
    items = right["set"] if isinstance(right, dict) else [right]
    return [str(item) for item in items]


def boot(stage: Stage) -> Verdict:
    """The rules loaded into a kernel; an administrator and a stranger knock at ssh."""
    network = ipaddress.IPv4Network(stage.placed.cluster.design.admin_cidr)
    friend = str(network[-2] if network.num_addresses > 2 else network[0])
    ran = stage.run(["sh", "-c", _BOOT, "nftables", friend, STRANGER, _KNOCK], seconds=SECONDS)
    expected = f"port 22 from {friend}: open; port 22 from {STRANGER}: shut"
    said = ran.output.strip()
    return Verdict(accepted=said == expected, says=said)
