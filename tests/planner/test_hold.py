"""A plan from before there were teams is given to one, and the audit says so."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from planner import plans
from planner.models import Event, State, Team
from tests.builders import newspaper
from tests.cast import cast, proposal_at
from topology import revisions

pytestmark = pytest.mark.django_db


def test_a_plan_of_nobody_is_given_to_a_team(capsys: pytest.CaptureFixture[str]) -> None:
    people = cast()
    plan = revisions.start(newspaper(), name="Older", message="first").plan

    call_command("hold", plan.slug, "paper")
    call_command("hold", plan.slug, "paper")

    assert plans.team_of(plan) == people.team
    assert capsys.readouterr().out == f"{plan.slug} is paper's now\n{plan.slug} is paper's already\n"
    assert Event.objects.get(verb="hold").plan == plan.slug


@pytest.mark.parametrize(("plan", "team", "says"), [
    ("nothing", "paper", "plan: there is no plan nothing"),
    ("newspaper", "nobody", "team: there is no team nobody; there are: paper"),
    ("newspaper-p1", "paper", "plan: this is the draft of a proposal; give its plan"),
])  # fmt: skip
def test_what_is_not_there_is_said(plan: str, team: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    proposal_at(State.DRAFT)

    with pytest.raises(SystemExit) as end:
        call_command("hold", plan, team)

    assert end.value.code == 2
    assert capsys.readouterr().err.strip() == says


def test_a_plan_with_proposals_stays_where_they_were_judged(capsys: pytest.CaptureFixture[str]) -> None:
    people = cast()
    proposal_at(State.DRAFT, people)
    Team.objects.create(slug="other", name="Other")

    with pytest.raises(SystemExit):
        call_command("hold", "newspaper", "other")

    assert plans.team_of(people.plan) == people.team
    assert "has proposals" in capsys.readouterr().err
