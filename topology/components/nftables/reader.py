"""Reads the rules of a firewall back: every line that lets something in, and whom."""

from __future__ import annotations

import re

from topology.components.reading import Opening, Reading, Texts

PATH = "/etc/nftables.conf"
_CLIENTS = r"(?:ip saddr (?:\{(?P<many>[^}]*)\}|(?P<one>\S+)) )?"
_WHAT = r"(?:(?P<protocol>tcp|udp) dport (?P<port>\d+)|ip protocol (?P<vrrp>112|vrrp)) accept"
_RULE = re.compile(rf"^\s*{_CLIENTS}{_WHAT}", re.MULTILINE)


def read(texts: Texts) -> Reading:
    """What the file opens; loopback, answers and ICMP are no openings."""
    text = texts.get(PATH)
    return Reading() if text is None else Reading(opened=tuple(_opening(rule) for rule in _RULE.finditer(text)))


def _opening(rule: re.Match[str]) -> Opening:
    clients = rule["many"] or rule["one"] or ""
    return Opening(
        protocol=rule["protocol"] or "vrrp",
        port=int(rule["port"] or 0),
        clients=tuple(client for client in re.split(r"[,\s]+", clients) if client),
    )
