"""Rules across files: what only a view of the whole cluster can tell, each with its place and its fix.

A check asks what the files of every role say, the connections of the design and what people say of their sites. What
nobody said is `unknown`, never fine. A finding that somebody takes on stays visible, with the reason and the name.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from topology.capacity import Forecast
from topology.checks.base import LEVELS, Check, Finding, Level, Sight, State
from topology.checks.waiving import STALE, stale, take_back, waive, waived
from topology.components import Texts, resolve
from topology.design import Design, TierwrightError
from topology.registry import discover
from topology.workload import Workload

__all__ = [
    "LEVELS",
    "STALE",
    "Check",
    "Finding",
    "Level",
    "Sight",
    "State",
    "checks",
    "findings",
    "look_at",
    "report",
    "sight_of",
    "take_back",
    "waive",
]

UNSOUND = "sound-design"
"""The check that is named where a design cannot be resolved at all."""
RESULTS = ("", "waived", "unknown", "fails")
"""States of findings, the gravest last."""


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """Every check, in the order of their names."""
    return discover(sys.modules[__name__], Check)


def findings(
    design: Design,
    *,
    workload: Workload | None = None,
    forecast: Forecast | None = None,
    texts: Mapping[str, Texts] | None = None,
) -> tuple[Finding, ...]:
    """Everything that is found in a design, the gravest first, with the design's waivers applied.

    `workload` overrides the plan's own; `texts` (host -> path -> text) stands for what files say in place of what is
    written for them. Raises nothing for a bad design: what refuses it is a finding too.
    """
    try:
        return look_at(sight_of(design, workload=workload, forecast=forecast, texts=texts))
    except TierwrightError as error:  # some of it is refused only when a check asks for the size of a role
        where = "".join(sign for sign in str(error.place) if sign.isalnum() or sign in "_./: -") or "plan"
        return (Finding(check=UNSOUND, level="error", where=where, says=error.sentence, fix="Change the plan."),)


def sight_of(
    design: Design,
    *,
    workload: Workload | None = None,
    forecast: Forecast | None = None,
    texts: Mapping[str, Texts] | None = None,
) -> Sight:
    """What the checks look at; raises TierwrightError where the design cannot be resolved."""
    cluster = resolve(design, workload)
    _ = cluster.edges  # an unsound design is refused here
    return Sight(cluster=cluster, forecast=forecast, changed=texts or {})


def look_at(sight: Sight) -> tuple[Finding, ...]:
    """What every check finds, the gravest first, with the design's waivers applied."""
    raw = tuple(finding for check in checks() for finding in _found(check, sight))
    waivers = sight.design.waivers
    found = (*(waived(finding, waivers) for finding in raw), *stale(raw, waivers))
    return tuple(sorted(found, key=lambda f: (f.state == "waived", LEVELS.index(f.level), f.check)))


def _found(check: Check, sight: Sight) -> tuple[Finding, ...]:
    """What one check finds; a file with something in it that the check cannot take is found too."""
    try:
        return tuple(check.look(sight))
    except (LookupError, ValueError) as error:
        says = f"a file says something that this check cannot judge: {error}."
        return (check.finding("plan", says, "Write the files anew from the bundle."),)


def report(found: Iterable[Finding]) -> dict[str, Any]:
    """The plain data of reports/rules.json: every check with its result, and the findings."""
    listed = tuple(found)
    states: dict[str, str] = {}
    for finding in listed:
        states[finding.check] = max(states.get(finding.check, ""), finding.state, key=RESULTS.index)
    rows = [
        {"check": c.name, "title": c.title, "rules": list(c.rules), "result": states.get(c.name) or "nothing_found"}
        for c in checks()
    ]
    return {"checks": rows, "findings": [finding.document() for finding in listed]}
