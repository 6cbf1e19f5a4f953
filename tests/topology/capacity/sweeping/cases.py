"""Questions for tests: small, and answered in a moment."""

from __future__ import annotations

from typing import Any

from tests.topology.capacity.search.cases import TYPES, alone, balanced, objective, workload
from topology.capacity import ManyWorlds, many_worlds


def question(**changes: Any) -> ManyWorlds:
    """Two layouts on the types of the tests, in 16 worlds."""
    options = {"types": TYPES, "names": ("alone", "balanced"), "worlds": 16, "most": 40, "seed": 7, **changes}
    return many_worlds([alone(), balanced()], workload(250), objective(), **options)
