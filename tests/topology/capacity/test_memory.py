"""Memory: a sum of parts beside what is there."""

from __future__ import annotations

import pytest

from tests.topology.capacity.parts import cluster, exact, plan, tier, work
from topology.capacity.memory import OPERATING_SYSTEM, Taken, guessed_share, memory_of, memory_use


def test_the_system_and_every_role_are_added_up() -> None:
    site = cluster(plan(tier("web", ["web", {"app": {"workers": 4, "rss": 60}}])), work())

    use = memory_use(memory_of(site)["web1"], 1024)

    assert use.used == OPERATING_SYSTEM.mid + 240
    assert (use.low, use.high) == (OPERATING_SYSTEM.low + 240, OPERATING_SYSTEM.high + 240)
    assert use.parts == {"system": OPERATING_SYSTEM.mid, "app: workers": 240}
    assert not use.swaps


def test_more_than_is_there_swaps() -> None:
    assert memory_use([Taken(name="all", mib=exact(1025))], 1024).swaps


def test_the_share_of_guesses() -> None:
    parts = [Taken(name="system", mib=OPERATING_SYSTEM), Taken(name="app", mib=exact(OPERATING_SYSTEM.mid * 3))]

    assert guessed_share(parts) == pytest.approx(0.25)
    assert guessed_share([]) == 0
