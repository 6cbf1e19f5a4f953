"""Reads the zones back: names, addresses and how long resolvers keep them."""

from __future__ import annotations

import re

from topology.components.reading import Listening, Reading, Texts

OPTIONS, LOCAL = "/etc/bind/named.conf.options", "/etc/bind/named.conf.local"
_FILE = re.compile(r'^\s*file "([^"]+)";', re.MULTILINE)
_RECORD = re.compile(r"^(\S+)\. IN A (\S+)$", re.MULTILINE)
_TTL = re.compile(r"^\$TTL (\d+)$", re.MULTILINE)
_LISTENS = re.compile(r"listen-on \{([^}]*)\}")


def read(texts: Texts) -> Reading:
    """The zones that named.conf.local names, each from its own file."""
    zones = [texts.get(path, "") for path in _FILE.findall(texts.get(LOCAL, ""))]
    listens = _LISTENS.search(texts.get(OPTIONS, ""))
    addresses = [part.strip() for part in listens[1].split(";") if part.strip()] if listens else []
    return Reading(
        listens=tuple(Listening(address=a, port=53, protocol=p) for a in addresses for p in ("udp", "tcp")),
        records=tuple(record for zone in zones for record in _RECORD.findall(zone)),
        ttl_seconds=max((float(ttl) for zone in zones for ttl in _TTL.findall(zone)), default=None),
    )
