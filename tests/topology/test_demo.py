"""The demo is a newspaper at the chapter's scale with its stages behind it, and is seeded once."""

from __future__ import annotations

import pytest

from topology import revisions
from topology.demo import HISTORY, HITS_A_DAY, seed
from topology.design import WorkloadFile
from topology.models import Plan
from topology.stages import evolve

pytestmark = pytest.mark.django_db


def test_the_newspaper_has_the_scale_of_the_chapter() -> None:
    design = revisions.load(seed(), 1)

    assert design.workload is not None
    assert not isinstance(design.workload, WorkloadFile)
    assert design.workload.peak.basis == "guess"
    assert design.workload.peak.low <= HITS_A_DAY / 86_400 * 2 <= design.workload.peak.high
    assert len(design.hosts) == 1


def test_its_stages_are_its_revisions() -> None:
    plan = seed()

    assert [revision.message for revision in revisions.history(plan)] == [*HISTORY.values()][::-1]
    assert [evolve(revisions.load(plan, number)).current.name for number in (1, 2, 3)] == list(HISTORY)


def test_it_may_grow_through_all_five() -> None:
    stages = evolve(revisions.load(seed()))

    assert len(stages.views) == 5
    assert stages.recommended is not None
    assert stages.why


def test_it_is_seeded_once() -> None:
    assert seed() == seed()
    assert Plan.objects.count() == 1


def test_a_removed_demo_comes_back_with_what_was_made_of_it() -> None:
    plan = seed()
    revisions.restore(plan, 1, parent_digest=revisions.get(plan).digest)
    revisions.remove(plan)

    again = seed()

    assert again == plan
    assert [head.plan for head in revisions.heads()] == [plan]
    assert revisions.get(plan).number == 4
