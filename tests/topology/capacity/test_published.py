"""Published deployments: the rule plans what they had, within a factor of two, where everything it needs is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.evidence.published_topologies import FACTOR, Deployment, deployments, factor

NOT_PLANNED = {
    "curse": "no traffic",
    "healthchecks-2019": "no traffic",
    "readthedocs-2024": "traffic of a content network before it, and no tiers",
    "wikipedia-2004": "no traffic",
    "wikipedia-2005-2008": "no tiers, and traffic before its caches",
}
"""Entries of the open file that say too little, and what."""
NOT_DJANGO = ("plentyoffish-2008", "web")
"""The one judged tier that is missed: compiled pages. It stays in the evidence as a miss."""


def judged() -> list[tuple[Deployment, str]]:
    return [(item, tier) for item in deployments() for tier in item.theirs if item.is_judged(tier)]


@pytest.mark.parametrize(
    ("item", "tier"),
    [pair for pair in judged() if (pair[0].name, pair[1]) != NOT_DJANGO],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_the_plan_is_within_a_factor_of_two(item: Deployment, tier: str) -> None:
    assert factor(item.planned[tier].servers, item.theirs[tier]) <= FACTOR


def test_their_number_lies_within_the_range_of_ours_also_where_the_middle_misses() -> None:
    for item, tier in judged():
        need = item.planned[tier]
        assert need.low <= item.theirs[tier] <= need.high, item.name


def test_every_entry_of_the_open_file_is_planned_or_says_why_not(data_dir: Path | None) -> None:
    if data_dir is None:
        pytest.skip("the file of published deployments is in the shared data")
    entries = json.loads((data_dir / "topologies" / "open.json").read_text(encoding="utf-8"))
    planned = {item.name for item in deployments()}

    assert {entry["id"] for entry in entries} - planned == set(NOT_PLANNED)


def test_every_deployment_names_its_source() -> None:
    assert [item.name for item in deployments() if not item.facts["source"]] == []
