"""A person asks what a promise costs: sees the search, takes the winner, relaxes, confirms, and simulates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from planner.models import Inquiry
from tests.builders import newspaper
from tests.database import database_url
from tests.journeys.conftest import Look
from topology import revisions
from topology.models import Plan

WORKLOAD = {
    "peak_requests_per_second": {"low": 45, "mid": 60, "high": 90, "basis": "guess", "source": "a test"},
    "classes": {"page": {"share": 0.5}, "static": {"share": 0.5}},
    "observed": {"cpu_share": 0.4, "requests_per_second": 60},
}
TIERS = [{"name": "web", "servers": [{"name": "web1", "type": "large"}], "roles": ["nginx", "gunicorn", "postgresql"]}]
SLOW = 60_000
"""Milliseconds for a process that may have to be compiled first."""


@pytest.fixture(autouse=True)
def plan(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    """A plan; processes that work on its questions find the tests' own database."""
    monkeypatch.setenv("DATABASE_URL", database_url())
    design = newspaper(workload=WORKLOAD, tiers=TIERS, promise={"p95_ms": 1500, "availability": 0.999, "headroom": 0.3})
    yield revisions.start(design, name="The newspaper", message="First").plan
    assert not [inquiry for inquiry in Inquiry.objects.all() if inquiry.is_running]


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page in a browser without scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_winner_becomes_the_next_revision(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/cheapest/")
    expect(page.get_by_label("95 % within, ms")).to_have_value("1500")
    look("cheapest-asked")
    accessible()

    page.get_by_role("button", name="Find the cheapest").click()
    expect(page.get_by_role("heading", name="Searching")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^The cheapest: "))).to_be_visible(timeout=SLOW)
    expect(page.locator("#spoken")).to_contain_text("Found: ")
    look("cheapest")
    accessible()

    page.reload()
    expect(page.get_by_role("heading", name=re.compile("^The cheapest: "))).to_be_visible()
    page.get_by_text("What would change").click()
    expect(page.locator("svg.diagram")).to_be_visible()
    page.get_by_role("link", name="Compare with the plan").click()
    expect(page.locator("#compared .card-stage")).to_have_count(2)
    accessible()
    page.go_back()

    page.get_by_role("button", name="Make it the next revision").click()
    expect(page.get_by_text("Saved as revision 2: The cheapest that was found for 95 % within 1500 ms")).to_be_visible()
    assert revisions.load(Plan.objects.get()).hosts[0].type_name != "large"


def test_the_points_of_the_picture_are_reached_by_keyboard(page: Page) -> None:
    page.goto("/plans/newspaper/cheapest/?p95=1500&availability=99&headroom=30&refused=0&types=built-in")
    winner = page.locator("a.spot-winner:visible").first
    winner.wait_for(timeout=SLOW)

    winner.focus()
    page.keyboard.press("Enter")

    expect(page.locator("tr:target")).to_contain_text("cheapest")
    expect(page.locator("tr:target")).to_be_in_viewport()


def test_what_cannot_be_held_is_relaxed_with_one_click(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/cheapest/")
    page.get_by_label("95 % within, ms").fill("20")
    page.get_by_role("button", name="Find the cheapest").click()
    expect(page.get_by_role("heading", name="No topology keeps this promise")).to_be_visible(timeout=SLOW)
    look("cheapest-relax")
    accessible()

    page.get_by_role("link", name="Ask for that instead").click()

    expect(page.get_by_role("heading", name=re.compile("^The cheapest: "))).to_be_visible(timeout=SLOW)
    assert float(page.get_by_label("95 % within, ms").input_value()) > 20


def test_a_promise_that_is_none_is_refused_at_its_field(page: Page, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/cheapest/")
    page.get_by_label("Available, %").fill("100")
    page.get_by_role("button", name="Find the cheapest").click()

    expect(page.locator(".invalid-feedback")).to_contain_text("99.999999")
    accessible()


def test_the_winner_is_confirmed_over_many_worlds(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/cheapest/?p95=1500&availability=99&headroom=30&refused=0&types=built-in")
    page.get_by_role("button", name="Confirm").click(timeout=SLOW)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#worlds")).to_contain_text("Stopped; what was done is kept.")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("The confirmation")).to_be_visible()
    page.goto("/plans/newspaper/forecast/")
    page.go_back()

    expect(page.locator("#worlds")).to_contain_text("of 256 worlds", timeout=SLOW)
    look("cheapest-confirmed")
    accessible()
    expect(page.locator("#worlds")).to_contain_text("These are the servers of the plan as it stands.")


def test_without_scripts_the_page_comes_again_by_itself(plain: Page) -> None:
    plain.goto("/plans/newspaper/cheapest/")
    plain.get_by_label("Available, %").fill("99")
    plain.get_by_role("button", name="Find the cheapest").click()
    expect(plain.get_by_role("heading", name="Searching")).to_be_visible()
    expect(plain.get_by_role("link", name="Look again")).to_be_visible()

    expect(plain.get_by_role("heading", name=re.compile("^The cheapest: "))).to_be_visible(timeout=SLOW)


def test_a_what_if_is_simulated_beside_the_formulas(page: Page, look: Look, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/forecast/?traffic=1.2")
    expect(page.get_by_role("link", name="Cheapest that holds")).to_be_visible()

    page.get_by_role("button", name="Simulate this").click()
    expect(page.get_by_role("heading", name="Simulated: 1.2 times today's traffic")).to_be_visible(timeout=SLOW)
    expect(page.locator("#simulated")).to_contain_text("the formulas say")
    assert "/forecast/" in page.url
    look("simulated")
    accessible()

    page.get_by_label("Traffic, times today's", exact=True).fill("1")
    expect(page.locator("#answer-title")).to_have_text("The plan as it stands")
    page.get_by_role("button", name="Simulate this").click()
    expect(page.get_by_role("heading", name="Simulated", exact=True)).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Again with another seed").click()
    expect(page.locator("#simulated")).to_contain_text("seed 2", timeout=SLOW)


def test_without_scripts_the_simulation_is_a_page(plain: Page) -> None:
    plain.goto("/plans/newspaper/forecast/")
    plain.get_by_role("button", name="Simulate this").click()

    expect(plain.locator("#simulated")).to_contain_text("the formulas say", timeout=SLOW)
    plain.get_by_role("link", name="Back to the what-if").click()
    expect(plain.get_by_role("heading", name="The plan as it stands")).to_be_visible()
