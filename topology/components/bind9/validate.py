"""Lets BIND check its files with the zones in them, and holds each address record against the design."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.bind9.zones import Zone, zones_of


def check(stage: Stage) -> Verdict:
    """named-checkconf -z (without -z a broken zone passes), then the records of every zone."""
    zones = zones_of(stage.placed)
    for zone in zones:
        stage.scaffold(zone.own, "")
    ran = stage.run(["sh", "-c", "mkdir -p /var/cache/bind && named-checkconf -z /etc/bind/named.conf"])
    if ran.status != 0:
        return Verdict(accepted=False, says=ran.output)
    wrong = [zone.name for zone in zones if _records(stage, zone) != set(zone.records)]
    if wrong:
        return Verdict(accepted=False, says=f"the address records differ from the design in {', '.join(wrong)}")
    count = sum(len(zone.records) for zone in zones)
    return Verdict(accepted=True, says=f"named-checkconf loads {len(zones)} zone(s) with {count} address records")


def _records(stage: Stage, zone: Zone) -> set[tuple[str, str]]:
    """Address records as BIND reads them."""
    ran = stage.run(["named-compilezone", "-q", "-o", "-", zone.name, zone.path])
    lines = [line.split() for line in ran.output.splitlines()]
    return {(words[0].rstrip("."), words[4]) for words in lines if len(words) == 5 and words[3] == "A"}
