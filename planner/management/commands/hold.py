"""Gives a plan to a team: those from before there were teams have none."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from planner import audit, plans
from planner.models import Holding, Proposal, Team
from topology.errors import Place, TierwrightError
from topology.management.command import FINE, PlanCommand
from topology.models import Plan


class Command(PlanCommand):
    """`manage.py hold`."""

    help = "Give a plan to a team; its audit says so. A plan with proposals stays with the team that judged them."
    example = "python manage.py hold newspaper paper"

    def add_arguments(self, parser: CommandParser) -> None:
        """The plan and the team."""
        parser.add_argument("plan", help="slug of the plan")
        parser.add_argument("team", help="slug of the team")

    def run(self, **options: Any) -> int:
        """Hand it over."""
        plan = Plan.objects.filter(slug=options["plan"]).first()
        team = Team.objects.filter(slug=options["team"]).first()
        if plan is None:
            raise TierwrightError(f"there is no plan {options['plan']}", place=Place(path="plan"))
        if plans.proposal_of(plan) is not None:
            raise TierwrightError("this is the draft of a proposal; give its plan", place=Place(path="plan"))
        if team is None:
            names = ", ".join(Team.objects.values_list("slug", flat=True)) or "none yet"
            raise TierwrightError(f"there is no team {options['team']}; there are: {names}", place=Place(path="team"))
        self.answer(_hand_over(plan, team))
        return FINE


@transaction.atomic
def _hand_over(plan: Plan, team: Team) -> str:
    holding = Holding.objects.select_for_update(no_key=True).select_related("team").filter(plan=plan).first()
    if holding is not None and holding.team_id == team.pk:
        return f"{plan.slug} is {team.slug}'s already"
    if holding is not None and Proposal.objects.filter(plan=plan).exists():
        # Its approvals are vouched for by the audit of the team that gave them.
        raise TierwrightError(
            f"{plan.slug} has proposals, which the audit of {holding.team.slug} tells of; it stays there",
            place=Place(path="plan"),
        )
    was = holding.team.slug if holding else None
    Holding.objects.update_or_create(plan=plan, defaults={"team": team})
    audit.write(team, "manage.py", "hold", plan=plan, data={"from": was})
    return f"{plan.slug} is {team.slug}'s now"
