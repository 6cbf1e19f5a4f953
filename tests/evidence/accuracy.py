"""The screen's formulas against our own event simulation, on random systems that no parameter was fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import repeat

from tests.conftest import ROOT
from tests.evidence import Evidence
from tests.house.papers import table as markdown
from tests.topology.capacity.screen.layered import System, systems
from tests.topology.capacity.screen.study import COLUMNS, Compared, compare, share, simulated, table
from tests.topology.capacity.screen.tandem import Tandem, tandems
from topology.capacity.simulation import Outcome

ISSUE = 2
COMMAND = "bin/evidence 2 --only accuracy"
PAPER = ROOT / "docs" / "accuracy.md"
SEED = 20261125
LAYERED, BALANCED, OPEN = 160, 64, 48
MOST = 250_000
"""Requests of one simulation, four times as many above a load of 0.8."""


def measure() -> Evidence:
    """Compare all, write docs/accuracy.md, and file the table of the random split."""
    layered = _compared(systems(LAYERED, seed=SEED))
    policies = systems(BALANCED, seed=SEED + 1, balanced=True)
    outcomes = _simulated(policies)
    balanced = [compare(system, outcome) for system, outcome in zip(policies, outcomes, strict=True)]
    unaware = [
        compare(replace(system, policy="random"), outcome) for system, outcome in zip(policies, outcomes, strict=True)
    ]
    open_network = _compared(tandems(OPEN, seed=SEED + 3))
    PAPER.write_text(_paper(layered, open_network, policies, balanced, unaware), encoding="utf-8")
    median, most = (share(layered, "mean", quantile, high=0.8) for quantile in (0.5, 0.9))
    stable = sum(each.stable for each in layered)
    return Evidence(
        title="Formulas against the event simulation",
        command=COMMAND,
        passed=median <= 0.01 and most <= 0.06 and stable >= 150,
        columns=COLUMNS,
        rows=tuple(table(layered)),
        text=(
            f"{stable} random layered systems, split at random. Below 0.8 of the capacity the mean is off by"
            f" {median:.1%} (median) and {most:.1%} (nine in ten). How to read the table, other balancers and the open"
            " network: [Accuracy](../../accuracy.md)."
        ),
    )


def _compared(found: Sequence[System | Tandem]) -> list[Compared]:
    return [compare(system, outcome) for system, outcome in zip(found, _simulated(found), strict=True)]


def _simulated(found: Sequence[System | Tandem]) -> list[Outcome]:
    """Each with a seed of its own, two at a time."""
    with ProcessPoolExecutor(2) as workers:
        return list(workers.map(simulated, found, range(len(found)), repeat(MOST), chunksize=2))


def _paper(
    layered: list[Compared],
    open_network: list[Compared],
    policies: list[System],
    balanced: list[Compared],
    unaware: list[Compared],
) -> str:
    parts = [_HEAD.format(command=COMMAND, systems=sum(each.stable for each in layered), seed=SEED)]
    parts += ["## Workers and pools\n" + _LAYERED, markdown(COLUMNS, table(layered)), _lost(layered)]
    parts += ["## The open network\n" + _OPEN, markdown(COLUMNS, table(open_network))]
    parts.append("## Balancers\n" + _BALANCED)
    for policy, title in (("round_robin", "In turn"), ("least_connections", "Fewest connections")):
        chosen = [number for number, system in enumerate(policies) if system.policy == policy]
        parts.append(f"### {title}")
        parts.append(markdown(COLUMNS, table([balanced[number] for number in chosen])))
        parts.append(f"The same, had the screen taken the split for random ({title.lower()} in the simulation):")
        parts.append(markdown(COLUMNS, table([unaware[number] for number in chosen])))
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _lost(found: list[Compared]) -> str:
    lost = sum(not each.stable for each in found)
    return f"{lost} more had no steady state for one of the two, all of them close to their capacity." if lost else ""


_HEAD = """
# Accuracy of the formulas

This page is made by `{command}`; nobody edits it by hand.

A search looks at many thousand topologies, so it ranks them by formulas (the *screen*) and simulates only the few that
are left. Here the same formulas stand beside the event simulation on random systems: one to eight web servers of one to
eight cores, up to eight workers a core, from one database connection a worker down to one for four, one to ten database
calls a page, a database from idle to the bottleneck. No parameter was fitted to these systems (seed {seed}); what was
fitted at all (the margins of the ranges, and one number for the fewest connections) was fitted to others.

How to read a row: `load` is what arrives over what the system can pass at most. Errors are those of the screen against
the simulation, signed in `bias` (above 0: the screen is too slow). `in the range` counts the systems where the range
that the screen gives holds the simulated value within its own interval of confidence. The simulation is not exact
either: the last column is its median standard error, and close to capacity a good part of the error is its own. What is
shown as final is simulated; the screen's ranges say where a simulation is needed.
"""
_LAYERED = """
Workers held over database calls through a pool, requests split at random. Half of the systems have requests that are
dear or cheap throughout (one exponential factor a request), the other half draw each slice of work for itself. The
worst are systems near their capacity with few workers or a single connection, where the capacity itself is off by some
percent: no range of the screen replaces a simulation there.
"""
_OPEN = """
One to four tiers of shared cores in a row, split at random. The mean is exact, so that its errors are the simulation's.
"""
_BALANCED = """
Serving in turn and by the fewest connections are quicker than a random split, and slower than one queue for all
servers. The screen gives both ends, and between them: in turn, what is left of the time that sharing adds is
(1/A + v)/(1 + v) for A servers and work of variance v (squared coefficient), less towards light traffic; with the
fewest connections, one queue and 4 % of the way to the random split.
"""
