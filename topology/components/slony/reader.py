"""Reads Slony's files back: which databases its slon reaches, and from which its server's tables come."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topology.components.base import Placed
from topology.components.reading import Reading, Target, Texts, read_assignments
from topology.components.slony.files import folder_of
from topology.components.slony.settings import connections_to

_NODE = re.compile(r"admin conninfo = '([^']*)'")
_PLACE = re.compile(r"host=(\S+) port=(\d+)")


def reading_of(placed: Placed, texts: Texts) -> Reading:
    """Targets, and the connections that the slons of all sites hold to each database."""
    targets = tuple(dict.fromkeys(_targets(placed, texts)))
    return Reading(
        targets=targets,
        opens={service: connections_to(placed, service) for service in ("sql", "sql_replica")} if targets else {},
    )


def _targets(placed: Placed, texts: Texts) -> Iterator[Target]:
    for site in placed.cluster.sites:
        folder = folder_of(site)
        own = read_assignments(texts.get(f"{folder}/slon.conf", "")).get("conn_info", "")
        for conninfo in (own, *_NODE.findall(texts.get(f"{folder}/preamble.slonik", ""))):
            place = _PLACE.search(conninfo)
            if place:
                yield Target(service="sql", address=place[1], port=int(place[2]), site=site.name)
