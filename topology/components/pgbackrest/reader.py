"""Reads pgBackRest's files back: which database it backs up, and where its log is."""

from __future__ import annotations

from topology.components.base import Placed
from topology.components.pgbackrest.files import CONFIG, STANZA, UNITS, unit_of
from topology.components.reading import Listening, Reading, Target, Texts, read_ini, read_unit


def reading_of(placed: Placed, texts: Texts) -> Reading:
    """Whom it backs up, and the mount that it waits for."""
    stanza = read_ini(texts.get(CONFIG, "")).get(STANZA, {})
    unit = read_unit(texts.get(f"{UNITS}/{unit_of('full', 'service')}", ""))
    mounts = unit.get("Unit.RequiresMountsFor", ())
    whole = read_ini(texts.get(CONFIG, "")).get("global", {})
    keeps = "repo1-path" in whole
    address = whole.get("tls-server-address")
    known = {host.name: host.address for host in placed.cluster.design.hosts}
    database = known.get(stanza.get("pg1-host", ""), "local")
    peers = (("backup_store", whole.get("repo1-host")), ("backup", stanza.get("pg1-host")))
    return Reading(
        listens=(Listening(address=address, port=int(whole.get("tls-server-port", 8432))),) if address else (),
        targets=tuple(
            Target(service=service, address=known.get(name, name), port=8432) for service, name in peers if name
        ),
        backs_up=(database,) if stanza.get("pg1-path") and keeps else (),
        logs=("/var/log/pgbackrest/*.log",),
        requires_mounts=mounts,
    )
