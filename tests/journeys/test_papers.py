"""A person reads the papers and the catalogue: in the site's own look, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Look

Accessible = Callable[[], None]


@pytest.mark.parametrize("paper", ["", "plan-file/", "command-line/", "adding-a-component/", "evidence/"])
def test_a_paper_can_be_read_everywhere(page: Page, look: Look, accessible: Accessible, paper: str) -> None:
    page.goto(f"/docs/{paper}")

    look(f"docs-{paper.strip('/') or 'contents'}")
    accessible()


def test_the_papers_lead_to_each_other_and_to_the_catalogue(page: Page, look: Look, accessible: Accessible) -> None:
    page.goto("/")
    page.get_by_role("link", name="Documentation").click()
    page.get_by_role("link", name="Getting started").click()
    expect(page.get_by_role("img", name="The page Start")).to_be_visible()

    page.get_by_role("link", name="Catalogue").click()
    expect(page.get_by_role("heading", name="gunicorn")).to_be_visible()
    look("catalogue")
    accessible()
