"""Lets HAProxy check its file, with every warning an error: a missing timeout is only a warning to it."""

from __future__ import annotations

from topology.components.base import Stage, Verdict

PATH = "/etc/haproxy/haproxy.cfg"


def check(stage: Stage) -> Verdict:
    """haproxy -dW -c."""
    ran = stage.run(["haproxy", "-dW", "-c", "-f", PATH])
    return Verdict(accepted=ran.status == 0, says=ran.output)
