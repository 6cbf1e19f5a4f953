"""The monthly cost, held against what the team may spend on a plan. An owner sets the budget on the team's page."""

from __future__ import annotations

from planner.review.checks.base import Check, Said, Subject, fails, passes, unknown


class Budget(Check):
    """What it may cost."""

    title = "Within the budget"
    place = 4

    def look(self, subject: Subject) -> Said:
        """The cost a month against the team's budget."""
        budget, forecast = subject.team.budget_month, subject.stood.forecast
        if budget is None:
            return unknown("The team has set no budget.")
        if forecast is None:
            return unknown(f"There is no forecast: {subject.stood.trouble}.")
        cost = forecast.cost_month
        if cost.amount is None:
            return unknown(f"The cost is not known: {cost.says}.")
        if cost.currency != subject.design.currency:
            return unknown(f"The cost is in {cost.currency} and the plan's currency is {subject.design.currency}.")
        says = f"{cost.amount:,.2f} of {budget:,.2f} {cost.currency} a month."
        return passes(says) if cost.amount <= float(budget) else fails(says)


budget = Budget()
