"""A person reads at a stage what the chapter says, and what of it holds for his plan."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.builders import newspaper
from tests.journeys.conftest import Look
from topology import revisions

WORKLOAD = {
    "peak_requests_per_second": 60,
    "classes": {"page": {"share": 0.4}, "media": {"share": 0.6, "bytes": {"mean": 80_000}}},
    "observed": {"cpu_share": 0.4, "requests_per_second": 60},
    "database_gib": 40,
}
TIERS = [
    {"name": "web", "servers": {"count": 1, "type": "small"}, "roles": ["nginx", "gunicorn", "memcached", "postgresql"]}
]
STAGES = ("single", "split_database", "media_server", "load_balanced", "big")


@pytest.mark.parametrize("stage", STAGES)
def test_the_lessons_of_a_stage_say_what_holds_here(
    page: Page, look: Look, accessible: Callable[[], None], transactional_db: None, stage: str
) -> None:
    revisions.start(newspaper(workload=WORKLOAD, tiers=TIERS), name="The newspaper", message="First")

    page.goto(f"/plans/newspaper/stages/{stage}/")

    section = page.get_by_role("region", name="What the chapter says, and what holds here")
    expect(section.get_by_role("article").first).to_be_visible()
    expect(section.locator("h3 .word").first).to_have_text(re.compile("^(holds|partly|void here)$"))
    for summary in section.locator("figure .twin > summary").all():
        summary.click()
    expect(section.locator("figure table").first).to_be_visible()
    look(f"lessons-{stage}")
    accessible()
