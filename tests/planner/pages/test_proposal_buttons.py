"""The buttons of a proposal: what each does, who may press it, what a refusal keeps, and how it comes up to date."""

from __future__ import annotations

import pytest

from planner.models import Approval, CheckWaiver, Event
from planner.review import actions, recording
from planner.review.standing import standing
from tests.builders import newspaper
from tests.cast import TODAY, Cast, head_of, person, proposal_at, proposed
from tests.planner.pages.test_proposal import TABS, As, people, seen_by, url
from topology import revisions

__all__ = ["people", "seen_by"]

pytestmark = pytest.mark.django_db


# --- The buttons -----------------------------------------------------------------------------------------------------


def test_a_proposal_goes_from_draft_to_plan_by_its_buttons(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("draft", people)
    alice, carol = seen_by(people.alice), seen_by(people.carol)

    alice.post(url("open_review", proposal))
    areas = [area.name for area in standing(proposal, today=TODAY).areas]
    yes = {"area": areas, "digest": head_of(proposal).digest, "note": "Fine"}
    carol.post(url("approve", proposal), yes)
    for row in standing(proposal, today=TODAY).checks:
        if row.stops:
            waiver = {"check": row.name, "evidence": row.evidence, "reason": "Known since spring"}
            carol.post(url("waive_check", proposal), waiver)
    answer = alice.post(url("accept", proposal), {"digest": head_of(proposal).digest}, follow=True)

    assert "This is the plan" in answer.text
    assert revisions.get(people.plan).digest == head_of(proposal).digest
    assert Approval.objects.get().note == "Fine"


@pytest.mark.parametrize(
    ("verb", "who", "state"),
    [
        ("withdraw", "alice", "withdrawn"),
        ("supersede", "alice", "superseded"),
        ("rescind", "carol", "in_review"),
    ],
)
def test_a_button_moves_the_proposal_and_leads_back(verb: str, who: str, state: str, people: Cast, seen_by: As) -> None:
    proposal = proposal_at("approved", people)

    answer = seen_by(getattr(people, who)).post(url(verb, proposal))

    proposal.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, url("proposal", proposal))
    assert proposal.state == state


@pytest.mark.parametrize(("verb", "who"), [("withdraw", "alice"), ("supersede", "alice"), ("rescind", "carol")])
def test_a_button_that_was_pressed_twice_is_no_refusal(verb: str, who: str, people: Cast, seen_by: As) -> None:
    proposal = proposal_at("approved", people)
    person = seen_by(getattr(people, who))

    answers = [person.post(url(verb, proposal)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Event.objects.filter(proposal=proposal.pk, verb=verb).count() == 1


def test_htmx_is_led_on_as_well(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("draft", people)

    answer = seen_by(people.alice).post(url("open_review", proposal), headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == url("proposal", proposal)


@pytest.mark.parametrize(
    "verb",
    ["open_review", "request_changes", "approve", "rescind", "withdraw", "reopen", "supersede", "accept", "break_glass",
     "waive_check", "update"],
)  # fmt: skip
def test_a_button_is_for_forms_and_for_who_may(verb: str, people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    sent = {"note": "x", "reason": "x", "digest": head_of(proposal).digest, "area": "tier:web"}

    assert seen_by(people.carol).get(url(verb, proposal)).status_code == 405
    assert seen_by(people.charlie).post(url(verb, proposal), sent).status_code == 404
    assert seen_by(people.vera).post(url(verb, proposal), sent).status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == "in_review"


def test_an_approval_of_what_is_no_longer_there_is_refused_and_its_note_kept(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    sent = {"area": "tier:web", "digest": proposal.base.digest, "note": "Looks good to me"}

    answer = seen_by(people.carol).post(url("approve", proposal), sent)

    assert answer.status_code == 409
    assert "Nothing was done." in answer.text
    assert 'value="Looks good to me"' in answer.text
    assert not Approval.objects.exists()


def test_a_request_without_a_word_comes_back_open(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)

    answer = seen_by(people.carol).post(url("request_changes", proposal), {"note": "  "})

    assert answer.status_code == 422
    assert '<details class="act" open>' in answer.text


def test_a_waiver_without_a_reason_comes_back_with_the_check(people: Cast, seen_by: As) -> None:
    web = {"name": "web", "servers": {"count": 1, "type": "medium"}, "roles": ["nginx", "gunicorn", "postgresql"]}
    design = newspaper(workload={"peak_requests_per_second": 20, "classes": {"page": {"share": 1}}}, tiers=[web])
    proposal = actions.propose(people.alice, people.plan, title="One for all", design=design)
    failing = next(row for row in standing(proposal, today=TODAY).checks if row.outcome == "fail")
    sent = {"check": failing.name, "evidence": failing.evidence}
    carol = seen_by(people.carol)

    empty = carol.post(url("waive_check", proposal), {**sent, "reason": " "})
    given = carol.post(url("waive_check", proposal), {**sent, "reason": "Agreed with the owner"}, follow=True)

    assert empty.status_code == 422
    assert '<details class="act mt-2" open>' in empty.text
    assert "Agreed with the owner" in given.text
    assert CheckWaiver.objects.count() == 1


def test_the_glass_is_broken_by_an_owner_with_a_reason_and_stays_visible(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    sent = {"digest": head_of(proposal).digest, "reason": "The site is down"}

    answer = seen_by(people.olive).post(url("break_glass", proposal), sent, follow=True)

    assert "glass broken" in answer.text
    assert "The site is down" in answer.text


def test_another_proposal_takes_its_place_by_its_number(people: Cast, seen_by: As) -> None:
    proposal, other = proposal_at("in_review", people), proposed(people, title="Four", web=4)
    browser = seen_by(people.alice)

    wrong = browser.post(url("supersede", proposal), {"by": "77"})
    browser.post(url("supersede", proposal), {"by": str(other.number)})

    proposal.refresh_from_db()
    assert wrong.status_code == 422
    assert proposal.state == "superseded"


def test_the_words_are_changed_and_bad_ones_come_back(people: Cast, seen_by: As) -> None:
    proposal, browser = proposal_at("draft", people), seen_by(people.alice)
    good = {"title": "Better", "why": "Because", "decide_by": "2027-01-15"}

    wrong = browser.post(url("edit_words", proposal), {**good, "title": "", "why": "My long reasons"})
    right = browser.post(url("edit_words", proposal), good, follow=True)

    assert (wrong.status_code, "My long reasons" in wrong.text) == (422, True)
    assert "15 January 2027" in right.text


def test_words_that_may_not_be_changed_any_more_are_kept(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("accepted", people)
    sent = {"title": "Too late", "why": "My long reasons", "decide_by": ""}

    answer = seen_by(people.alice).post(url("edit_words", proposal), sent)

    assert answer.status_code == 403
    assert "My long reasons" in answer.text


# --- Bringing it up to the baseline ----------------------------------------------------------------------------------


def moved(people: Cast, web: int | None = None, **changes: object) -> None:
    """The plan moves on, without a proposal."""
    head = revisions.get(people.plan)
    design = revisions.load(people.plan)
    if web is not None:
        design = revisions.load(proposed(people, title="For the plan", web=web).draft)
    design = design.model_copy(update=changes)
    recording.save(people.alice, people.plan, design, parent_digest=head.digest, message="Meanwhile")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_says_that_the_plan_has_moved_on(tab: str, people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    browser = seen_by(people.alice)
    before = browser.get(url(tab, proposal)).text
    moved(people, notes="Mind the gap")

    after = browser.get(url(tab, proposal)).text

    assert (">behind</span>" in before, ">behind</span>" in after) == (False, True)


def test_a_plan_that_moved_elsewhere_comes_in_by_itself(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    moved(people, notes="Mind the gap")
    browser = seen_by(people.alice)

    before = browser.get(url("proposal", proposal)).text
    browser.post(url("update", proposal))

    assert "The plan has moved on to revision" in before
    assert revisions.load(proposal.draft).notes == "Mind the gap"
    assert "The plan has moved on" not in browser.get(url("proposal", proposal)).text


def test_where_both_changed_the_same_a_person_decides_field_by_field(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    moved(people, web=5)
    browser = seen_by(people.alice)

    asked = browser.post(url("update", proposal))
    name = asked.text.split('name="choice:')[1].split('"')[0]
    kept = head_of(proposal).digest
    settled = browser.post(url("update", proposal), {f"choice:{name}": "theirs"})

    assert asked.status_code == 409
    assert asked.text.count(f'name="choice:{name}"') == 2
    assert kept == head_of(proposal).parent.digest  # type: ignore[union-attr]
    assert settled.status_code == 302
    assert len([host for host in revisions.load(proposal.draft).hosts if host.tier == "web"]) == 5


def test_a_choice_that_is_none_is_refused(people: Cast, seen_by: As) -> None:
    proposal = proposal_at("in_review", people)
    moved(people, web=5)

    answer = seen_by(people.alice).post(url("update", proposal), {"choice:tiers/web": "nobody's"})

    assert answer.status_code == 422
    assert "choose mine or theirs" in answer.text.lower()


def test_an_unseen_person_is_no_member(people: Cast, seen_by: As) -> None:
    assert seen_by(person("zed")).get(url("proposal", proposed(people))).status_code == 404
