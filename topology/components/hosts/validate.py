"""Asks the C library for every server, as every program on the host will."""

from __future__ import annotations

from topology.components.base import Stage, Verdict


def check(stage: Stage) -> Verdict:
    """Each name of the plan must come back with its own address."""
    expected = {host.name: host.address for host in stage.placed.cluster.design.hosts}
    ran = stage.run(["getent", "--no-addrconfig", "-s", "files", "ahostsv4", *expected])
    found = {words[2]: words[0] for line in ran.output.splitlines() if len(words := line.split()) == 3}
    wrong = [
        f"{name} is {found.get(name, 'not found')}" for name, address in expected.items() if found.get(name) != address
    ]
    if wrong:
        return Verdict(accepted=False, says=f"getent: {'; '.join(wrong[:5])}")
    return Verdict(accepted=True, says=f"getent finds {len(expected)} servers")
