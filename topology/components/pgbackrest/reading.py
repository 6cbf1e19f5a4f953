"""Reads pgBackRest's files back: which database it backs up, and where its log is."""

from __future__ import annotations

from topology.components.pgbackrest.files import CONFIG, STANZA, UNITS, unit_of
from topology.components.reading import Reading, Texts, read_ini, read_unit


def reading_of(texts: Texts) -> Reading:
    """Whom it backs up, and the mount that it waits for."""
    stanza = read_ini(texts.get(CONFIG, "")).get(STANZA, {})
    unit = read_unit(texts.get(f"{UNITS}/{unit_of('full', 'service')}", ""))
    mounts = unit.get("Unit.RequiresMountsFor", ())
    return Reading(
        backs_up=(stanza.get("pg1-host", "local"),) if stanza.get("pg1-path") else (),
        logs=("/var/log/pgbackrest/*.log",),
        requires_mounts=mounts,
    )
