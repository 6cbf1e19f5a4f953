"""The pages of a proposal: who sees them, what each tab shows, what each button does, and what a refusal keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from planner.models import Proposal, State, Visit
from planner.review import actions, recording, visits
from tests.builders import newspaper
from tests.cast import Cast, approved_by, cast, head_of, proposal_at, proposed
from tests.planner.review.designs import load_balanced, media_server
from topology import revisions

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TABS = (
    "proposal", "proposal_diagram", "proposal_changes", "proposal_configs", "proposal_checks", "proposal_history",
)  # fmt: skip
As = Callable[[User], Client]


@pytest.fixture
def people(settings: LazySettings) -> Cast:
    """The cast, on a site with accounts."""
    settings.ACCOUNTS = True
    return cast()


@pytest.fixture
def seen_by() -> As:
    """The browser of a person."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return client_of


def url(name: str, proposal: Proposal) -> str:
    """The address of a page or a button of the proposal."""
    return reverse(name, args=[proposal.pk])


# --- Who sees what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_shown_to_the_team_and_to_nobody_else(tab: str, people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    assert seen_by(people.vera).get(url(tab, proposal)).status_code == 200
    hidden = seen_by(people.charlie).get(url(tab, proposal))
    assert hidden.status_code == 404
    assert proposal.title not in hidden.text


def test_a_page_of_a_draft_that_is_refused_does_not_tell_whose_it_is(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    hidden = seen_by(people.charlie).get(f"/plans/{proposal.draft.slug}/editor/")

    assert hidden.status_code == 404
    assert proposal.title not in hidden.text


@pytest.mark.parametrize("number", [999, 10**30])
def test_a_proposal_that_is_not_there_is_not_here(number: int, people: Cast, seen_by: As) -> None:
    assert seen_by(people.alice).get(f"/proposals/{number}/").status_code == 404


@pytest.mark.parametrize("state", list(State))
def test_a_proposal_is_shown_in_every_state(state: str, people: Cast, seen_by: As) -> None:
    proposal = proposal_at(state, people)

    for user in (people.alice, people.bob, people.carol, people.olive):
        text = seen_by(user).get(url("proposal", proposal)).text

        assert State(state).label in text


def test_what_people_write_is_shown_as_they_wrote_it(people: Cast, seen_by: As) -> None:
    proposal = proposed(people, title="<b>Bazaar</b> & 'Co'")
    hostile = "<script>alert(1)</script> **bold**"
    actions.edit_words(people.alice, proposal, title=proposal.title, why=hostile, decide_by=None)

    text = seen_by(people.alice).get(url("proposal", proposal)).text

    assert "&lt;b&gt;Bazaar&lt;/b&gt; &amp; &#x27;Co&#x27;" in text
    assert "<script>alert" not in text
    assert "<strong>bold</strong>" in text


# --- The overview ----------------------------------------------------------------------------------------------------


def test_the_overview_opens_with_the_sentence_and_what_lacks(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    text = seen_by(people.carol).get(url("proposal", proposal)).text

    assert f'<p class="verdict">{proposal.summary["sentence"].split(":")[0]}' in text
    assert "Tier web needs a yes: an approver." in text
    assert 'href="#areas-title"' in text


def test_an_approver_gets_the_areas_that_wait_for_them_ticked(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    text = seen_by(people.carol).get(url("proposal", proposal)).text

    assert 'name="area" value="tier:web" checked' in text
    assert f'name="digest" value="{head_of(proposal).digest}"' in text


def test_the_author_is_told_why_they_do_not_approve(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    text = seen_by(people.alice).get(url("proposal", proposal)).text

    assert 'name="area"' not in text
    assert 'aria-disabled="true" aria-describedby="why-not-approve"' in text


def test_an_approval_that_no_longer_counts_says_why(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("approved", people)
    before = head_of(proposal)
    four = proposed(people, title="Four", web=4)
    recording.save(
        people.alice, proposal.draft, revisions.load(four.draft), parent_digest=before.digest, message="One more"
    )

    text = seen_by(people.dave).get(url("proposal", proposal)).text

    assert "no longer counts" in text
    assert "said yes to revision" in text


def test_what_is_new_to_a_person_is_said_once(people: Cast, seen_by: As) -> None:
    proposal, browser = proposal_at("in_review", people), seen_by(people.bob)

    first = browser.get(url("proposal", proposal)).text
    approved_by(people.carol, proposal)
    second, third = (browser.get(url("proposal", proposal)).text for _ in range(2))

    assert ["Since you last looked" in text for text in (first, second, third)] == [False, True, False]
    assert "carol</strong> approved" in second


def test_a_new_revision_since_the_last_look_leads_to_what_it_changed(people: Cast, seen_by: As) -> None:
    proposal, browser = proposal_at("in_review", people), seen_by(people.bob)
    browser.get(url("proposal", proposal))
    head = head_of(proposal)
    recording.save(
        people.alice, proposal.draft, revisions.load(proposal.draft).model_copy(update={"notes": "more"}),
        parent_digest=head.digest, message="Notes",
    )  # fmt: skip

    text = browser.get(url("proposal", proposal)).text

    assert f"{url('proposal_changes', proposal)}?from={head.number}" in text


def test_what_a_person_did_themselves_is_no_news_to_them(people: Cast) -> None:
    proposal, noon = proposal_at("in_review", people), datetime(2026, 11, 25, 12, tzinfo=UTC)

    visits.look(people.carol, proposal, at=noon)
    approved_by(people.carol, proposal)

    assert visits.look(people.carol, proposal, at=noon) is None
    assert Visit.objects.filter(proposal=proposal).count() == 1


def test_looking_at_the_head_of_the_page_alone_is_no_visit(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    seen_by(people.bob).head(url("proposal", proposal))

    assert not Visit.objects.exists()


def test_an_area_of_which_only_files_change_says_why_it_is_asked_about(people: Cast, seen_by: As) -> None:
    recording.save(
        people.alice, people.plan, media_server(), parent_digest=people.revision.digest, message="Three servers"
    )
    proposal = actions.propose(people.alice, people.plan, title="A balancer", design=load_balanced())

    text = seen_by(people.carol).get(url("proposal", proposal)).text
    areas = {row.split("</strong>")[0]: row for row in text.split('"areas">')[1].split("<div><p><strong>")[1:]}

    assert "nothing of it changes but" in areas["tier media"]
    assert "nothing of it changes but" not in areas["tier web"]
    assert "nothing of it changes but" not in areas["tier balancer"]


# --- The other tabs --------------------------------------------------------------------------------------------------


def test_the_diagram_shows_both_designs_and_switches_without_a_script(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    text = seen_by(people.bob).get(url("proposal_diagram", proposal)).text

    assert text.count('type="radio" name="union"') == 3
    assert "web ×2 → 3" in text
    assert 'id="row-server-web3"' in text
    assert "+ added" in text


def test_the_changes_stand_by_tier(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    text = seen_by(people.bob).get(url("proposal_changes", proposal)).text

    assert "web3 (medium, " in text
    assert "is new: tier web" in text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "the newest, 2"),
        ("?from=1&to=2", "revision 1 of the proposal"),
        ("?from=2", "Nothing is changed"),
        ("?from=9&to=x", "the newest, 2"),
        ("?from=" + "9" * 40, "the newest, 2"),
        ("?from=%00&to=²", "the newest, 2"),
    ],
)
def test_any_two_revisions_can_be_held_against_each_other(query: str, says: str, people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    for tab in ("proposal_changes", "proposal_diagram", "proposal_configs"):
        answer = seen_by(people.bob).get(url(tab, proposal) + query)

        assert answer.status_code == 200
        assert tab != "proposal_changes" or says in answer.text


def test_the_files_say_which_change_brought_each_hunk(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    text = seen_by(people.bob).get(url("proposal_configs", proposal)).text

    assert "/etc/hosts" in text
    assert "web3 (medium, " in text[text.index("because") :]
    assert 'id="file:' in text


def test_the_files_of_one_host_can_be_looked_at_alone(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    browser = seen_by(people.bob)

    alone = browser.get(url("proposal_configs", proposal), {"host": "web3"}).text

    assert "Files of web3" in alone
    assert "Files of db1" not in alone
    assert browser.get(url("proposal_configs", proposal), {"host": "nobody"}).status_code == 200


def test_the_history_merges_revisions_and_what_was_done(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("changes_requested", people)

    text = seen_by(people.alice).get(url("proposal_history", proposal)).text

    assert text.index("asked for changes") < text.index("asked for review") < text.index("proposed it")
    assert "Why not four?" in text
    assert "Go back to 1" in text


def test_going_back_leads_back_to_the_history(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    sent = {"parent": head_of(proposal).digest, "onward": url("proposal_history", proposal)}

    answer = seen_by(people.alice).post(f"/plans/{proposal.draft.slug}/revisions/1/restore/", sent)

    assert (answer.status_code, answer["Location"]) == (302, url("proposal_history", proposal))
    assert head_of(proposal).digest == proposal.base.digest


def test_a_draft_whose_files_cannot_be_written_says_so_on_every_tab(people: Cast, seen_by: As) -> None:
    odd = newspaper(
        tiers=[{"name": "web", "servers": {"count": 1, "type": "small"}, "roles": ["gunicorn", "haproxy", "nginx"]}]
    )
    proposal = actions.propose(people.alice, people.plan, title="Odd", design=odd)

    for tab in TABS:
        assert seen_by(people.alice).get(url(tab, proposal)).status_code == 200


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize(
    ("tab", "table", "holds"),
    [("proposal", "figures", "without_one"), ("proposal", "approvals", "tier:web"), ("proposal_changes", "", "web3"),
     ("proposal_diagram", "", "web3"), ("proposal_checks", "", "loss_of_one"), ("proposal_history", "", "open_review")],
)  # fmt: skip
def test_every_table_of_a_proposal_is_a_file_too(
    tab: str, table: str, holds: str, form: str, people: Cast, seen_by: As
) -> None:
    proposal = proposal_at("in_review", people)
    browser, query = seen_by(people.carol), {"format": form, **({"table": table} if table else {})}

    page, file = browser.get(url(tab, proposal)), browser.get(url(tab, proposal), query)

    assert f"{url(tab, proposal)}?{'&amp;'.join(f'{key}={value}' for key, value in query.items())}" in page.text
    assert file.status_code == 200
    assert f".{form}" in file["Content-Disposition"]
    assert holds in file.text


def test_a_table_that_the_overview_has_not_is_refused(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    answer = seen_by(people.carol).get(url("proposal", proposal), {"format": "csv", "table": "secrets"})

    assert answer.status_code == 422
    assert "the tables figures and approvals" in answer.text


def test_a_file_of_a_proposal_is_not_a_look_at_it(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    seen_by(people.carol).get(url("proposal", proposal), {"format": "csv"})

    assert not Visit.objects.filter(user=people.carol).exists()
