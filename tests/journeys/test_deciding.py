"""Whoever pays decides: two proposals side by side, then the paper of one on a screen and on one sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from planner.models import Proposal
from planner.people import local_person
from planner.review import actions
from tests.builders import newspaper
from tests.journeys.conftest import Look
from tests.journeys.test_what_if import TIERS, WORKLOAD
from topology import revisions

WHY = "The elections in May bring **twice the readers**; the balancer is there already."


@pytest.fixture(autouse=True)
def proposals(transactional_db: None) -> list[Proposal]:
    common = {"workload": WORKLOAD, "promise": {"p95_ms": 300, "headroom": 0.4}, "currency": "EUR"}
    plan = revisions.start(newspaper(tiers=TIERS, **common), name="The newspaper", message="First").plan
    return [
        actions.propose(local_person(), plan, title=title, why=WHY, design=newspaper(tiers=_web(count, kind), **common))
        for title, count, kind in (("Two more web servers", 4, "medium"), ("Larger web servers", 2, "large"))
    ]


def _web(count: int, kind: str) -> list[dict[str, object]]:
    return [TIERS[0], TIERS[1] | {"servers": {"count": count, "type": kind}}, TIERS[2]]


def test_two_proposals_are_compared(
    page: Page, proposals: list[Proposal], look: Look, accessible: Callable[[], None]
) -> None:
    page.goto("/compare/?plan=newspaper")

    for number, proposal in enumerate(proposals, start=2):
        page.get_by_label(f"Design {number}", exact=True).select_option(f"proposal.{proposal.pk}")
        expect(page.locator(f"#design-at-{number}")).to_contain_text(proposal.title)

    expect(page).to_have_url(re.compile(r"plan=newspaper&proposal=\d+&proposal=\d+$"))
    expect(page.get_by_role("heading", name="What money buys")).to_be_visible()
    look("compared-proposals")
    accessible()
    page.get_by_role("link", name="What changes from 1 to 3").click()
    expect(page.get_by_role("heading", name=re.compile("From The newspaper"))).to_be_visible()
    expect(page.locator("#between")).to_contain_text("web from medium to large")
    look("compared-between")
    accessible()
    page.get_by_role("slider").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"traffic=.*&between=3$"))
    expect(page.locator("#between")).to_contain_text("web from medium to large")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "comparison.csv"


def test_the_paper_is_read_and_fits_one_sheet(
    page: Page, proposals: list[Proposal], look: Look, accessible: Callable[[], None], tmp_path: Path
) -> None:
    page.goto(f"/proposals/{proposals[0].pk}/print/")

    expect(page.get_by_role("heading", name="If we do nothing")).to_be_visible()
    look("decision-paper")
    accessible()
    page.emulate_media(media="print")
    sheet = page.pdf(path=tmp_path / "paper.pdf", format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
