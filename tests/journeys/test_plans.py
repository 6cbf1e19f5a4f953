"""Two people save at once: the second sees both versions and loses nothing; an old revision comes back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.builders import newspaper
from tests.journeys.conftest import Look
from topology import revisions
from topology.models import Plan


def test_of_two_people_the_second_keeps_her_version_on_top(
    page: Page, transactional_db: None, look: Look, accessible: Callable[[], None], complaints: list[str]
) -> None:
    plan = _plan_with_two_revisions()
    page.goto("/plans/newspaper/revisions/1/")
    head = revisions.get(plan)
    revisions.record(plan, newspaper(notes="theirs"), parent_digest=head.digest, message="Theirs meanwhile")

    page.get_by_role("button", name="Go back to this").click()

    expect(page.get_by_role("heading", name="Two versions of The newspaper")).to_be_visible()
    expect(page.get_by_text("Theirs meanwhile")).to_be_visible()
    look("conflict")
    accessible()
    page.get_by_role("button", name="Keep mine, on top of theirs").click()
    expect(page.get_by_text("Saved as revision 4: Restore revision 1")).to_be_visible()
    assert [revisions.load(plan, number).notes for number in (3, 4)] == ["theirs", ""]


def test_a_plan_shows_its_drawing_and_its_history(
    page: Page, transactional_db: None, look: Look, accessible: Callable[[], None]
) -> None:
    _plan_with_two_revisions()
    page.goto("/plans/newspaper/")
    look("plan")
    accessible()

    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("cell", name="10.0.0.31")).to_be_visible()
    page.get_by_role("link", name="First").click()
    page.wait_for_url("**/revisions/1/")
    look("revision")
    accessible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="YAML").click()
    assert kept.value.suggested_filename == "newspaper-1.yaml"


def test_a_plan_is_taken_off_the_list_and_put_back(page: Page, transactional_db: None) -> None:
    _plan_with_two_revisions()
    page.goto("/")
    page.get_by_role("button", name="Take The newspaper off the list").click()
    expect(page.get_by_text("No plans yet.")).to_be_visible()

    page.get_by_text("Taken off the list").click()
    page.get_by_role("button", name="Put The newspaper back on the list").click()
    expect(page.get_by_text("The newspaper is on the list again.")).to_be_visible()


def test_an_address_that_is_not_there_leads_back(
    page: Page, transactional_db: None, look: Look, accessible: Callable[[], None], complaints: list[str]
) -> None:
    page.goto("/nothing/")
    look("not-found")
    accessible()
    complaints.clear()  # the browser reports the 404 that is meant
    page.get_by_role("link", name="To the start").click()
    expect(page.get_by_role("heading", name="The five stages")).to_be_visible()


def _plan_with_two_revisions() -> Plan:
    first = revisions.start(newspaper(), name="The newspaper", message="First")
    revisions.record(first.plan, newspaper(notes="two"), parent_digest=first.digest, message="Second")
    return first.plan
