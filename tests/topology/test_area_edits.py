"""Approvals held against random edits fall and stay exactly as a plain oracle says."""

from __future__ import annotations

from tests.topology.area_oracle import VERDICTS, judge
from tests.topology.edits_at_random import starts


def test_approvals_are_kept_and_staled_exactly_as_the_oracle_says() -> None:
    verdicts = judge(60, seed=5)

    assert verdicts.wrong == ()
    assert verdicts.judged > 500
    found = {verdict: sum(n for (_, word), n in verdicts.counts.items() if word == verdict) for verdict in VERDICTS}
    assert min(found.values()) > 5, found


def test_the_edits_begin_at_every_stage_of_three_plans() -> None:
    assert [len(design.hosts) for design in starts()] == [1, 2, 3, 5, 10] * 3
