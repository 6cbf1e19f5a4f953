"""Reads the server's files back: whom it asks and where it listens."""

from __future__ import annotations

import re

from topology.components.reading import Listening, Reading, Target, Texts

CONFIG = "/etc/prometheus/prometheus.yml"
RULES = "/etc/prometheus/tierwright-rules.yml"
DEFAULTS = "/etc/default/prometheus"
_TARGET = re.compile(r"^\s*- targets: \['?([0-9.]+):(\d+)'?\]", re.MULTILINE)
_LISTENS = re.compile(r"--web\.listen-address=([0-9.]+):(\d+)")


def read(texts: Texts) -> Reading:
    """The targets of every job."""
    targets = _TARGET.findall(texts.get(CONFIG, ""))
    return Reading(
        targets=tuple(Target(service="metrics", address=address, port=int(port)) for address, port in targets),
        scrapes=tuple(f"{address}:{port}" for address, port in targets),
        listens=tuple(
            Listening(address=address, port=int(port)) for address, port in _LISTENS.findall(texts.get(DEFAULTS, ""))
        ),
    )
