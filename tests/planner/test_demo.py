"""The demo of a review: everything that a visitor is to try is there, twice is once, and it begins again."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import timezone

from planner import demo
from planner.models import Event, Proposal, Suggestion
from planner.people import local_person
from planner.review import actions
from planner.review.standing import standing
from topology import revisions
from topology.models import Plan

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_visitor_finds_everything_to_try() -> None:
    demo.seed()

    proposal = Proposal.objects.get()
    found = standing(proposal, today=timezone.localdate())
    good = [approval.user.username for area in found.areas for approval in area.good]
    stale = {approval.user.username: why for area in found.areas for approval, why in area.stale}
    failing = found.check("loss_of_one")
    assert good == ["ben"]
    assert stale == {"chi": "the tier web has 3 servers instead of 2, the server web3 is new"}
    assert failing is not None
    assert (failing.outcome, "lb1" in failing.says) == ("fail", True)
    assert [thread.anchor for thread in found.blocking] == ["tier:balancer"]
    assert Suggestion.objects.get().applied is None


@pytest.mark.slow
def test_it_is_made_once_and_begins_again(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo")
    call_command("demo")
    plan = Plan.objects.get(proposal=None)
    assert capsys.readouterr().out.splitlines() == [
        "The demo is ready: plan newspaper.",
        "The demo was there already: plan newspaper.",
    ]
    proposal = Proposal.objects.get()
    you = local_person()
    actions.break_glass(you, proposal, digest=revisions.get(proposal.draft).digest, reason="To see what happens")
    plan.refresh_from_db()
    moved = revisions.get(plan).digest

    demo.reset()

    plan.refresh_from_db()
    assert revisions.get(plan).digest != moved
    assert [row.state for row in Proposal.objects.order_by("pk")] == ["accepted", "in_review"]
    assert Event.objects.filter(verb="break_glass").exists()  # nothing is deleted
