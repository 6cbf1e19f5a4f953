"""Which yes counts: the last word of each person, of people who may, on what is there now."""

from __future__ import annotations

from typing import Any

import pytest

from planner.models import Proposal, ReviewRule, State
from planner.review import actions
from planner.review.approvals import AreaStanding, added_cost
from planner.review.standing import standing
from tests.cast import TODAY, Cast, approved_by, cast, proposal_at
from tests.planner.review.designs import load_balanced, media_server
from topology import revisions

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def proposal(people: Cast) -> Proposal:
    return proposal_at(State.IN_REVIEW, people)


def web(proposal: Proposal) -> AreaStanding:
    return next(area for area in standing(proposal, today=TODAY).areas if area.name == "tier:web")


def test_two_are_asked_and_one_is_not_enough(people: Cast, proposal: Proposal) -> None:
    ReviewRule.objects.create(team=people.team, area="tier:web", number=2)
    approved_by(people.carol, proposal)

    assert (web(proposal).met, web(proposal).asked) == (False, (("an approver", 2),))
    assert web(proposal).lacks == "tier web needs a yes: 2 of: an approver, 1 given"


def test_one_person_twice_is_not_two(people: Cast, proposal: Proposal) -> None:
    ReviewRule.objects.create(team=people.team, area="tier:web", number=2)
    approved_by(people.carol, proposal)
    approved_by(people.carol, proposal)

    assert [approval.user for approval in web(proposal).good] == [people.carol]
    assert not web(proposal).met


def test_two_people_are_two(people: Cast, proposal: Proposal) -> None:
    ReviewRule.objects.create(team=people.team, area="tier:web", number=2)
    approved_by(people.carol, proposal)
    approved_by(people.dave, proposal)

    assert (web(proposal).met, web(proposal).lacks) == (True, "")


def test_whom_a_rule_does_not_name_does_not_count_for_it(people: Cast, proposal: Proposal) -> None:
    rule = ReviewRule.objects.create(team=people.team, area="tier:web")
    rule.people.add(people.dave)
    approved_by(people.carol, proposal)

    assert [approval.user for approval in web(proposal).good] == [people.carol]
    assert web(proposal).lacks == "tier web needs a yes: Dave, 1 given"


def test_who_left_the_team_does_not_count(people: Cast, proposal: Proposal) -> None:
    approved_by(people.carol, proposal)
    people.team.memberships.filter(user=people.carol).delete()

    assert [why for _, why in web(proposal).stale] == ["carol is no approver any more"]


def test_a_change_of_cost_is_known_in_one_currency_alone() -> None:
    before, after = media_server(), load_balanced()

    assert added_cost(before, after) == pytest.approx(279.22, abs=0.01)
    assert added_cost(before, after.model_copy(update={"workload": None})) is None


def test_the_page_asks_the_database_the_same_for_many_approvals(
    people: Cast, proposal: Proposal, django_assert_max_num_queries: Any
) -> None:
    for user in (people.carol, people.dave, people.olive) * 4:
        approved_by(user, proposal)
    found = Proposal.objects.select_related("plan", "draft", "base__plan", "author").get(pk=proposal.pk)

    with django_assert_max_num_queries(15):
        standing(found, today=TODAY)


def test_approving_a_role_is_no_yes_to_its_tier(people: Cast) -> None:
    head = revisions.get(people.plan)
    revisions.record(people.plan, media_server(), parent_digest=head.digest, message="Media")
    proposal = actions.propose(people.alice, people.plan, title="A balancer", design=load_balanced())
    actions.open_review(people.alice, proposal)

    actions.approve(people.carol, proposal, areas=["role:nginx"], digest=revisions.get(proposal.draft).digest)

    assert web(proposal).good == ()
