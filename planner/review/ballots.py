"""What a person is asked to say yes to: the areas of a proposal that change, and which of them wait for this person."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from planner import plans
from planner.models import Proposal, Role
from planner.review.approvals import AreaStanding, added_cost
from planner.review.asking import asks_for, rules_of
from planner.review.standing import Standing
from topology import revisions


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An area that the person may say yes to."""

    area: AreaStanding
    is_mine: bool
    """Whether a rule asks for somebody like this person, and it is not met yet."""


def choices_for(user: User, proposal: Proposal, standing: Standing) -> tuple[Choice, ...]:
    """Every area that waits for a yes of this person or may take it; none that they said yes to already."""
    team = plans.team_of(proposal.plan)
    found = plans.role_in(user, team)
    role = None if found is None else Role(found)
    added = added_cost(*(revisions.design_of(revision) for revision in (standing.base, standing.head)))
    asks = asks_for((area.name for area in standing.areas), rules_of(team), added=added)
    return tuple(
        Choice(area=area, is_mine=not area.met and any(ask.takes(user.pk, role) for ask in asks.get(area.name, ())))
        for area in standing.areas
        if all(approval.user_id != user.pk for approval in area.good)
    )
