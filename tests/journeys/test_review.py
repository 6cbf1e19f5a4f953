"""Three people decide: from an access log to an accepted plan and its bundle, by mouse, and by the keyboard alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Locator, Page, expect
from pytest_django.fixtures import Settings

from planner import plans
from planner.models import Event, Membership, Proposal, Role, Team
from planner.review import actions
from planner.verifying import verify
from tests.builders import newspaper
from tests.journeys.conftest import check_access, look_at
from tests.journeys.test_intake import log
from tests.planner.conftest import Wait, readers
from topology import revisions

__all__ = ["log", "readers"]

MOST_TABS = 200
MOST_LOOKS = 400
"""Seconds, and a little more, that the programs may take on a busy machine."""
MOST_CLICKS = 25
"""Each person's, logging in included."""
PASSWORD = "a harbour with nine red boats"
CAST = {"alice": Role.EDITOR, "bob": Role.COMMENTER, "carol": Role.APPROVER}
Desk = Callable[[], Page]


class Person:
    """Somebody at a browser of their own, whose clicks are counted."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name, self.clicks = page, name, 0

    def click(self, role: str, name: str, *, exact: bool = True, within: Locator | None = None) -> None:
        """Click on what has that role and name."""
        place: Page | Locator = within or self.page
        self.click_on(place.get_by_role(role, name=name, exact=exact).first)  # type: ignore[arg-type]

    def click_on(self, what: Locator) -> None:
        """Click, and count it."""
        self.clicks += 1
        what.click()

    def log_in(self) -> None:
        """By the password."""
        self.page.goto("/queue/")
        self.page.get_by_label("Email").fill(f"{self.name}@example.com")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.click("button", "Log in")
        expect(self.page.get_by_role("heading", name="Your turn", exact=True)).to_be_visible()

    def turn_to(self, tab: str) -> None:
        """One of the proposal's pages."""
        self.click("link", tab, exact=False, within=self.page.get_by_role("navigation", name="Pages of the proposal"))

    def look(self, name: str) -> None:
        """Nothing sticks out at 1280 or 390 px, light or dark; axe finds nothing."""
        look_at(self.page, f"review-{name}")
        check_access(self.page)


@pytest.fixture
def team(settings: Settings, transactional_db: None) -> Iterator[Team]:
    """A site with accounts, and the paper's people on it."""
    settings.ACCOUNTS = True
    cache.clear()
    team = Team.objects.create(slug="paper", name="The paper")
    for name, role in CAST.items():
        user = User.objects.create_user(name, f"{name}@example.com", PASSWORD, first_name=name.title())
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        Membership.objects.create(team=team, user=user, role=role)
    yield team
    cache.clear()


@pytest.mark.slow
def test_three_people_decide_from_a_log_to_the_bundle(
    team: Team, desk: Desk, log: Path, readers: Wait, tmp_path: Path
) -> None:
    alice, bob, carol = (Person(desk(), name) for name in CAST)

    alice.log_in()
    _plan_from_log(alice, log)
    _propose(alice)
    proposal = Proposal.objects.get()

    bob.log_in()
    _suggest(bob, proposal)

    _take_up(alice, proposal)

    carol.log_in()
    _approve(carol, proposal)

    _accept(alice, proposal)
    manifest = _bundle(alice, tmp_path)

    for person in (alice, bob, carol):
        print(f"clicks of {person.name}: {person.clicks}")
        assert person.clicks < MOST_CLICKS
    assert manifest["standing"] == "accepted"
    assert manifest["approved_by"] == ["carol"]
    assert manifest["audit_head"] in set(Event.objects.filter(team=team).values_list("hash", flat=True))
    assert all(not found.breaks for found in verify())


def _plan_from_log(alice: Person, log: Path) -> None:
    page = alice.page
    alice.click("link", "Intake", exact=False)
    with page.expect_file_chooser() as opened:
        alice.click_on(page.get_by_label("Log files"))
    opened.value.set_files(log)
    alice.click("button", "Read the log")
    expect(page.get_by_text("of the CPU of one")).to_be_visible(timeout=60_000)
    page.get_by_label("CPU busy in that hour").fill("34")
    page.get_by_label("Cores").fill("2")
    expect(page.locator("#answer")).to_contain_text("you saw 34")
    alice.click("button", "Plan it")
    expect(page.locator(".card-stage")).to_have_count(5)


def _propose(alice: Person) -> None:
    page = alice.page
    alice.click("link", "Load balancing", exact=False)
    alice.click("link", "Propose this stage", exact=False)
    page.get_by_label("What is proposed").fill("Carry the elections")
    alice.look("propose")
    alice.click("button", "Make the proposal")
    expect(page.get_by_role("heading", name="Carry the elections")).to_be_visible()
    alice.look("draft")
    alice.click("button", "Ask for review")
    expect(page.get_by_text("in review").first).to_be_visible()
    alice.look("overview")


def _suggest(bob: Person, proposal: Proposal) -> None:
    page = bob.page
    page.goto(f"/proposals/{proposal.pk}/discussion/?anchor=tier:web")
    page.get_by_label("What you say").fill("**Three** would let one be out at the peak. @alice?")
    bob.click_on(page.get_by_text("Suggest another value"))
    page.get_by_label("Servers", exact=False).fill("3")
    bob.look("suggesting")
    bob.click("button", "Begin a thread")
    expect(page.get_by_text("Suggested change", exact=False).first).to_be_visible()
    bob.look("discussion")


def _take_up(alice: Person, proposal: Proposal) -> None:
    page = alice.page
    alice.click("link", "Your turn", exact=False)
    expect(page.get_by_text("You are named")).to_be_visible()
    alice.look("queue")
    alice.click("link", "Carry the elections", exact=False)
    alice.turn_to("Discussion")
    alice.click("button", "Apply what", exact=False)
    expect(page.get_by_text("Applied", exact=False).first).to_be_visible()
    proposal.refresh_from_db()
    assert revisions.get(proposal.draft).co_author == "bob"


def _approve(carol: Person, proposal: Proposal) -> None:
    page = carol.page
    expect(page.get_by_text("Approve tier", exact=False)).to_be_visible()
    carol.click("link", "Carry the elections", exact=False)
    for tab in ("Diagram", "Changes", "Configs", "Checks", "History"):
        carol.turn_to(tab)
        carol.look(tab.lower())
    carol.click("link", "Overview", exact=False)
    _take_on(carol)
    carol.click("button", "Approve")
    expect(page.get_by_text("approved").first).to_be_visible()
    carol.look("approved")


def _take_on(carol: Person) -> None:
    """Take on what fails: small stages have single servers, and somebody has to say that this is meant."""
    page = carol.page
    carol.turn_to("Checks")
    waivers = page.get_by_label("Why this is all right", exact=False)
    while waivers.count():
        summary = page.locator("details.act > summary").first
        carol.click_on(summary)
        waivers.first.fill("Meant so until spring")
        carol.click_on(page.get_by_role("button", name="Take it on").first)
        page.wait_for_load_state()
    carol.click("link", "Overview", exact=False)


def _accept(alice: Person, proposal: Proposal) -> None:
    page = alice.page
    page.goto(f"/proposals/{proposal.pk}/")
    accept = page.get_by_role("button", name="Accept", exact=True)
    for _ in range(MOST_LOOKS):  # the real programs are looking at the files meanwhile
        if accept.get_attribute("aria-disabled") is None:
            break
        page.wait_for_timeout(1_000)
        page.reload()
    assert accept.get_attribute("aria-disabled") is None, page.locator(".lacks").all_inner_texts()
    alice.click("button", "Accept")
    expect(page.get_by_text("This is the plan")).to_be_visible(timeout=60_000)
    alice.look("accepted")


def _bundle(alice: Person, folder: Path) -> dict[str, object]:
    page = alice.page
    alice.click("link", "The bundle of every host", exact=False)
    expect(page.get_by_text("Ask the programs again")).to_be_visible(timeout=120_000)
    with page.expect_download() as begun:
        alice.click("link", "Download .zip")
    path = folder / "bundle.zip"
    begun.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/manifest.json")]
        manifest: dict[str, object] = json.loads(archive.read(name))
    return manifest


class Keyboard(Person):
    """The same with both hands on the keys: what is meant is reached by Tab, and nothing is ever clicked."""

    def click_on(self, what: Locator) -> None:
        """Go there by Tab and press it."""
        self.clicks += 1
        self._go_to(what)
        self.page.keyboard.press("Enter")

    def type_into(self, what: Locator, text: str) -> None:
        """Go there by Tab and type."""
        self._go_to(what)
        self.page.keyboard.type(text)

    def _go_to(self, what: Locator) -> None:
        what.wait_for()
        for _ in range(MOST_TABS):
            if what.evaluate("(wanted) => document.activeElement === wanted"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{what} cannot be reached by Tab")

    def log_in(self) -> None:
        """By the password."""
        self.page.goto("/queue/")
        self.type_into(self.page.get_by_label("Email"), f"{self.name}@example.com")
        self.type_into(self.page.get_by_label("Password"), PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="Your turn", exact=True)).to_be_visible()


@pytest.fixture
def proposal(team: Team) -> Proposal:
    """A proposal of alice's that is in review, and needs carol's yes for two areas."""
    alice = User.objects.get(username="alice")
    revision = plans.start(alice, newspaper(), name="The newspaper", message="First", team=team)
    proposal = actions.propose(
        alice, revision.plan, title="A third", design=newspaper(notes="For May"), message="A third"
    )
    actions.open_review(alice, proposal)
    return proposal


@pytest.mark.slow
def test_the_keyboard_alone_decides_too(proposal: Proposal, desk: Desk) -> None:
    bob, carol = Keyboard(desk(), "bob"), Keyboard(desk(), "carol")

    bob.log_in()
    bob.click("link", "A third", exact=False)
    bob.click(
        "link", "Discussion", exact=False, within=bob.page.get_by_role("navigation", name="Pages of the proposal")
    )
    bob.type_into(bob.page.get_by_label("What you say"), "Enough until May?")
    bob.click("button", "Begin a thread")
    expect(bob.page.get_by_text("Enough until May?")).to_be_visible()
    bob.click("button", "Settle", exact=False)
    expect(bob.page.get_by_text("Settled by Bob", exact=False)).to_be_visible()

    carol.log_in()
    carol.click("link", "A third", exact=False)
    carol.click("button", "Approve")
    expect(
        carol.page.get_by_text("said yes", exact=False).or_(carol.page.get_by_text("approved")).first
    ).to_be_visible()

    assert proposal.approvals.get().user.username == "carol"
    assert proposal.threads.get().resolved_by == User.objects.get(username="bob")
