"""A reviewer reads a proposal by the keyboard: the picture before and after, change by change, to the approval."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from planner.models import Membership, Proposal, Role
from planner.people import local_person, local_team
from planner.review import actions
from tests.builders import newspaper
from tests.journeys.conftest import Look
from tests.journeys.test_what_if import TIERS, WORKLOAD
from topology import revisions

TABS = ("Overview", "Diagram", "Changes", "Configs", "Checks", "Discussion", "History")


@pytest.fixture
def proposal(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Proposal:
    """A larger web tier, proposed by somebody else of the local team and in review."""
    # The real programs have journeys of their own.
    monkeypatch.setattr("planner.checking.look_up", lambda bundle, revision: None)
    local_person()
    ana = User.objects.create_user("ana", first_name="Ana")
    Membership.objects.create(team=local_team(), user=ana, role=Role.EDITOR)
    common = {"workload": WORKLOAD, "promise": {"p95_ms": 300, "headroom": 0.4}}
    plan = revisions.start(newspaper(tiers=TIERS, **common), name="The newspaper", message="First").plan
    # More than one application server needs a cache that they share.
    web = {"servers": {"count": 4, "type": "medium"}, "roles": [*TIERS[1]["roles"], "memcached"]}
    more = [TIERS[0], TIERS[1] | web, TIERS[2]]
    made = actions.propose(ana, plan, title="Two more web servers", design=newspaper(tiers=more, **common))
    actions.open_review(ana, made)
    return made


def test_every_tab_can_be_read(page: Page, proposal: Proposal, look: Look, accessible: Callable[[], None]) -> None:
    page.goto(f"/proposals/{proposal.pk}/")

    for title in TABS:
        page.get_by_role("navigation", name="Pages of the proposal").get_by_role("link", name=title).click()
        expect(page.locator(".tabs [aria-current]")).to_contain_text(title)
        look(f"proposal-{title.lower()}")
        accessible()


def test_the_keys_lead_through_a_proposal(page: Page, proposal: Proposal) -> None:
    page.goto(f"/proposals/{proposal.pk}/diagram/")
    new = page.locator(".diagram .node").filter(has=page.locator("text", has_text="web3"))

    for key, name, is_seen in (("b", "Before", False), ("n", "After", True), ("v", "Both", True)):
        page.keyboard.press(key)
        expect(page.get_by_role("radio", name=name)).to_be_checked()
        expect(new).to_have_css("visibility", "visible" if is_seen else "hidden")
    for key, server in (("j", "web1"), ("j", "web2"), ("k", "web1")):
        page.keyboard.press(key)
        expect(page.locator(f"#row-server-{server}")).to_be_focused()
    page.keyboard.press("c")
    expect(page).to_have_url(f"/proposals/{proposal.pk}/discussion/?anchor=server%3Aweb1")
    page.goto(f"/proposals/{proposal.pk}/")
    page.keyboard.press("a")
    expect(page.locator("#approve input[type=checkbox]").first).to_be_focused()


def test_the_keys_can_be_switched_off(page: Page, proposal: Proposal) -> None:
    page.goto(f"/proposals/{proposal.pk}/diagram/")
    page.keyboard.press("?")
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("b")

    expect(page.get_by_role("radio", name="Both")).to_be_checked()
