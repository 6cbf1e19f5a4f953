"""An error keeps the bundle back; a person takes it on, takes that back, and says how the site works instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from planner import checking
from tests.journeys.conftest import Look
from tests.topology.checks.plans import data_of, design_of
from topology import revisions


def test_an_error_is_taken_on_and_mended(
    page: Page,
    transactional_db: None,
    look: Look,
    accessible: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "_start", lambda found, *how: None)
    data = data_of("whole")
    data["sites"][1]["says"]["sessions"] = "file"
    revisions.start(design_of(data), name="The newspaper", message="First")

    page.goto("/plans/newspaper/bundle/")
    expect(page.get_by_role("heading", name="There is no download yet")).to_be_visible()
    look("bundle-kept-back")
    accessible()
    page.get_by_role("link", name="Look at the checks").click()

    found = page.get_by_role("listitem").filter(has_text="sessions are kept in files")
    found.get_by_text("Take it on").first.click()
    found.get_by_label("Why this is all right here").fill("Nobody signs in on this site.")
    found.get_by_label("Your name").fill("Ada")
    look("checks")
    accessible()
    found.get_by_role("button", name="Take it on").click()
    expect(page.get_by_role("heading", name="Taken on", exact=True)).to_be_visible()
    expect(page.get_by_text("Ada: Nobody signs in on this site.")).to_be_visible()
    page.get_by_role("link", name="Files", exact=True).click()
    expect(page.get_by_role("link", name="Download .zip")).to_be_visible()

    page.get_by_role("link", name="Checks", exact=True).click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Errors", exact=True)).to_be_visible()

    page.get_by_text("How sports works").click()
    sports = page.locator("#says-sports")
    sports.get_by_label("Sessions").select_option("database")
    sports.get_by_role("button", name="Say so").click()
    expect(page.get_by_text("Saved as revision 4: Say how sports works")).to_be_visible()
    expect(page.get_by_role("heading", name="Errors", exact=True)).to_have_count(0)
