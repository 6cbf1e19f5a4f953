"""People talk of a place of a proposal: nothing they type is lost, and one click makes a suggestion a revision."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from planner.models import Comment, Proposal, Thread
from planner.people import local_person
from planner.review import discussion
from tests.journeys.conftest import Look
from tests.journeys.test_proposal import proposal
from topology import revisions

__all__ = ["proposal"]


def begun(proposal: Proposal) -> Thread:
    """A thread of the local person on the web tier."""
    return discussion.start_thread(local_person(), proposal, anchor="tier:web", text="Why **four**?")


def test_what_is_typed_stays_until_it_is_said(page: Page, proposal: Proposal) -> None:
    address = f"/proposals/{proposal.pk}/discussion/?anchor=tier:web"
    page.goto(address)
    text = page.get_by_label("What you say")

    text.fill("Is this **enough**, @ana?")
    expect(page.locator("#preview-begin strong")).to_have_text("enough")
    expect(page.locator("#preview-begin .mention")).to_have_text("@ana")
    page.reload()
    expect(text).to_have_value("Is this **enough**, @ana?")
    page.get_by_role("button", name="Begin a thread").click()

    expect(page.locator(".comment strong").last).to_have_text("enough")
    expect(page).to_have_url(re.compile(r"\?show=open#thread-[0-9]+$"))
    page.goto(address)
    expect(text).to_have_value("")


def test_a_refused_reply_keeps_its_text_and_its_suggestion(page: Page, proposal: Proposal) -> None:
    thread = begun(proposal)
    page.goto(f"/proposals/{proposal.pk}/discussion/")
    place = page.locator(f"#thread-{thread.pk}")

    place.get_by_text("Reply", exact=False).first.click()
    place.get_by_label("Your reply").fill("Rather five.")
    place.get_by_role("link", name="Suggest another value").click()
    place.get_by_label("Servers, now 4").fill("none")
    expect(place.get_by_label("Your reply")).to_have_value("Rather five.")
    place.get_by_role("button", name="Say it").click()
    expect(place.locator(".invalid-feedback")).to_contain_text("from 1 to 5,000 servers")
    expect(place.get_by_label("Servers, now 4")).to_have_value("none")
    place.get_by_label("Servers, now 4").fill("5")
    place.get_by_role("button", name="Say it").click()

    expect(place.locator(".offer")).to_contain_text("the number of servers of the tier web")
    place.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as revision 3")
    expect(place).to_contain_text("now 5 × medium")
    assert revisions.get(proposal.draft).number == 3


def test_two_windows_on_one_comment_lose_neither_text(desk: Callable[[], Page], proposal: Proposal) -> None:
    comment = begun(proposal).comments.get()
    first, second = desk(), desk()
    for page in (first, second):
        page.goto(f"/proposals/{proposal.pk}/discussion/")
        page.locator(f"#comment-{comment.pk}").get_by_role("link", name=re.compile("^Edit")).click()

    first.get_by_label("What you said").fill("From the first window")
    first.get_by_role("button", name="Save").click()
    expect(first.locator(f"#comment-{comment.pk}")).to_contain_text("1 earlier version")
    second.get_by_label("What you said").fill("From the second window")
    second.get_by_role("button", name="Save").click()

    expect(second.locator(".source")).to_have_text("From the first window")
    expect(second.get_by_label("What you said")).to_have_value("From the second window")
    second.get_by_role("button", name="Save").click()
    expect(second.locator(f"#comment-{comment.pk}")).to_contain_text("2 earlier versions")


def test_a_thread_is_answered_and_settled_by_the_keyboard(
    page: Page, proposal: Proposal, look: Look, accessible: Callable[[], None]
) -> None:
    thread = begun(proposal)
    page.goto(f"/proposals/{proposal.pk}/discussion/#thread-{thread.pk}")
    place = page.locator(f"#thread-{thread.pk}")

    place.locator("summary", has_text="Reply").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Because one may die.")
    accessible()
    look("discussion-reply")
    place.get_by_role("button", name="Say it").press("Enter")
    expect(place.locator(".comment")).to_have_count(2)
    place.get_by_role("button", name="Settle").press("Enter")

    expect(place).to_contain_text("Settled by You")
    expect(place.get_by_role("button", name="Take it up again")).to_be_visible()
    accessible()
    assert Comment.objects.filter(thread=thread).count() == 2
