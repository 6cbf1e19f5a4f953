"""Lets nft check the rule set, then holds the loaded rules against the edges of the design."""

from __future__ import annotations

import json
from typing import Any

from topology.components.base import Stage, Verdict
from topology.components.nftables.rules import VRRP, rules_of

PATH = "/etc/nftables.conf"
Opening = tuple[str, int, frozenset[str]]


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
