"""Starts Perlbal for a moment, which ends at a name that it does not know, and holds its pools against the design."""

from __future__ import annotations

import re

from topology.components.balancing import fronts_media
from topology.components.base import Stage, Verdict
from topology.components.perlbal.files import CONFIG, UNIT_PATH, pool_path, pools_of
from topology.components.perlbal.reader import members, parse
from topology.components.units import unit_problem

STILL_RUNNING = 124
"""What timeout(1) ends with where the program did not end by itself."""


def check(stage: Stage) -> Verdict:
    """A start of a second and a half, the members of the pools, names of the media servers, the unit."""
    ran = stage.run(["timeout", "1.5", "perlbal", "--config", CONFIG])
    if ran.status != STILL_RUNNING:
        return Verdict(accepted=False, says=ran.output.strip() or f"perlbal ended with {ran.status}")
    problem = _pools_differ(stage) or _services_differ(stage) or unit_problem(stage, UNIT_PATH)
    return Verdict(accepted=not problem, says=problem or "Perlbal starts with it, and has the servers of the design")


def _pools_differ(stage: Stage) -> str:
    """Perlbal passes over a file of members that is not there, and over a line that it cannot read."""
    parts = parse(stage.read(CONFIG))
    for name, expected in pools_of(stage.placed).items():
        path = parts.get(f"POOL {name}_servers", {}).get("nodefile", "")
        if path != pool_path(name):
            return f"the pool {name} has its members in {path or 'no file'}, the design says {pool_path(name)}"
        odd = set(members(stage.read(path))) ^ set(expected)
        if odd:
            return f"the members of the pool {name} differ from the design: {', '.join(sorted(odd))}"
    return ""


def _services_differ(stage: Stage) -> str:
    """Every service is enabled, and one of them listens to the public."""
    text = stage.read(CONFIG)
    made = set(re.findall(r"^CREATE SERVICE (\w+)", text, re.MULTILINE))
    idle = made - set(re.findall(r"^ENABLE (\w+)", text, re.MULTILINE))
    if idle:
        return f"services that are not enabled, and so do nothing: {', '.join(sorted(idle))}"
    entry = "public" if fronts_media(stage.placed) else "web"
    listen = parse(text).get(f"SERVICE {entry}", {}).get("listen", "")
    return "" if listen == "0.0.0.0:80" else f"the service {entry} listens on {listen or 'nothing'}, not on 0.0.0.0:80"
