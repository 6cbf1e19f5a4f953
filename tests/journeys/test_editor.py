"""In the editor nothing is lost on the way: words, folds, focus; and a form is sent once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.builders import newspaper
from tests.journeys.conftest import Look
from topology import revisions
from topology.models import Plan

LONG = "a" * 18 + "-" + "b" * 20


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    """Two web servers and a database, the second revision of which is the editor's."""
    web = {"name": "web", "servers": [{"name": "web1", "type": "small"}], "roles": ["nginx", "gunicorn"]}
    database = {"name": "database", "servers": {"count": 1, "type": "small"}, "roles": ["postgresql"]}
    return revisions.start(newspaper(tiers=[web, database]), name="The newspaper", message="First").plan


def test_words_folds_and_focus_outlast_every_answer(page: Page, plan: Plan) -> None:
    page.goto("/plans/newspaper/editor/")
    page.get_by_label("What for").fill("more room")
    page.locator("details.roles").first.locator("summary").click()
    page.get_by_text("Add a tier", exact=True).click()
    page.get_by_label("Name", exact=True).fill("cache")

    page.get_by_role("group", name="Roles of web").get_by_label("memcached").check()

    expect(page.locator("#tier-row-web .role-names")).to_contain_text("memcached")
    expect(page.locator("details.roles").first).to_have_attribute("open", "")
    expect(page.get_by_role("group", name="Roles of web").get_by_label("memcached")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("cache")
    expect(page.get_by_label("What for")).to_have_value("more room")


def test_what_goes_leaves_the_focus_nearby(page: Page, plan: Plan) -> None:
    page.goto("/plans/newspaper/editor/")

    page.get_by_role("button", name="Remove the tier database").click()

    expect(page.locator("#tier-row-database")).to_have_count(0)
    expect(page.get_by_role("heading", name="Tiers and servers")).to_be_focused()


def test_a_click_on_a_drawn_server_opens_its_row(page: Page, plan: Plan) -> None:
    page.goto("/plans/newspaper/editor/")

    page.locator("svg.diagram text").filter(has_text="web1").click()

    expect(page.get_by_label("Type of web1")).to_be_focused()


def test_a_save_pressed_twice_is_one_revision(page: Page, plan: Plan) -> None:
    page.goto("/plans/newspaper/editor/")
    page.get_by_role("button", name="Add a server to database").click()
    expect(page.locator("#live")).to_contain_text("database2")

    page.get_by_role("button", name="Save as a revision").dblclick()

    expect(page.get_by_text("Saved as revision 2")).to_be_visible()
    assert revisions.get(plan).number == 2


def test_a_mistake_is_said_by_tier_beside_the_field(page: Page, plan: Plan, accessible: Callable[[], None]) -> None:
    page.goto("/plans/newspaper/editor/")
    page.locator("details.roles").first.locator("summary").click()

    page.get_by_label("workers", exact=True).fill("many")
    page.get_by_label("workers", exact=True).press("Tab")

    expect(page.get_by_role("alert").get_by_text("tier web, gunicorn.workers: ")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Save as a revision")).to_be_disabled()
    accessible()


def test_a_form_whose_token_is_gone_says_the_way_out(page: Page, plan: Plan, complaints: list[str]) -> None:
    page.route("**/here/", lambda route: route.fulfill(status=204))  # its answer would bring the cookie back
    page.goto("/plans/newspaper/editor/")
    page.context.clear_cookies()

    page.get_by_role("button", name="Add a server to web").click()

    expect(page.locator("#trouble")).to_contain_text("Open the page again")
    complaints.clear()  # the browser reports the 403 that is meant


def test_the_longest_names_stay_on_the_sheet(page: Page, transactional_db: None, look: Look) -> None:
    tiers = [{"name": LONG, "servers": {"count": 2, "type": "small"}, "roles": ["nginx", "gunicorn", "memcached"]}]
    revisions.start(newspaper(tiers=tiers), name=LONG, message="First")

    for name in ("editor", "stages", ""):
        page.goto(f"/plans/newspaper/{name + '/' if name else ''}")
        look(f"long-{name or 'plan'}")
