"""Lets keepalived test its file, on a host that has the interface which the plan names."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.keepalived.settings import size

PATH = "/etc/keepalived/keepalived.conf"


def check(stage: Stage) -> Verdict:
    """keepalived -t; without the interface it would refuse every file."""
    placed = stage.placed
    interface, prefix = size(placed)["interface"], placed.cluster.design.cidr.prefixlen
    steps = (
        f"ip link add {interface} type veth peer name far0",
        f"ip addr add {placed.host.address}/{prefix} dev {interface}",
        f"ip link set {interface} up",
        f"keepalived -t -f {PATH}",
    )
    ran = stage.run(["sh", "-c", " && ".join(steps)])
    accepted = ran.status == 0 and "Unknown keyword" not in ran.output
    return Verdict(
        accepted=accepted, says=ran.output or ("keepalived accepts it" if accepted else "keepalived refuses it")
    )
