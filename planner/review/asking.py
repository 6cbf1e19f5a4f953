"""Whose yes a change needs: the rules of a team, held against the areas that change and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from planner.models import ReviewRule, Role, Team
from planner.once import answer
from planner.people import name_of
from topology.areas import PLAN

EVERY = "*"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """So many different people of those who may say yes to an area."""

    number: int
    who: str
    """Who may, in words."""
    people: frozenset[int] = frozenset()
    """Ids of those who are named; empty where the role decides."""
    least: Role = Role.APPROVER

    def takes(self, user_id: int, role: Role | None) -> bool:
        """Whether the yes of this person counts: whoever is named must be an approver all the same."""
        if role is None or not role.reaches(Role.APPROVER):
            return False
        return user_id in self.people if self.people else role.reaches(self.least)


ANY_APPROVER = Ask(number=1, who="an approver")
"""What is asked where no rule speaks of an area."""


def rules_of(team: Team) -> tuple[ReviewRule, ...]:
    """The team's rules with the people they name."""
    rules = ReviewRule.objects.filter(team=team).prefetch_related("people")
    return answer(("rules", team.pk), lambda: tuple(rules))


def asks_for(
    changed: Iterable[str], rules: Iterable[ReviewRule], *, added: float | None
) -> Mapping[str, tuple[Ask, ...]]:
    """Area -> what is asked, for every area that changes; `added` is what the change costs more a month.

    Tiers and the plan are asked about always, a role where a rule names it: its files are those of some tier too. A
    rule for what costs more than so much applies as well where nobody knows what it costs.
    """
    table: dict[str, tuple[Ask, ...]] = {}
    listed = [rule for rule in rules if _applies(rule, added)]
    for area in changed:
        asks = tuple(_asks(area, listed))
        if asks or _is_asked_always(area):
            table[area] = asks or (ANY_APPROVER,)
    return table


def _applies(rule: ReviewRule, added: float | None) -> bool:
    return rule.cost_above is None or added is None or added > float(rule.cost_above)


def _asks(area: str, rules: Iterable[ReviewRule]) -> Iterator[Ask]:
    for rule in rules:
        if rule.area == area or (rule.area == EVERY and _is_asked_always(area)):
            people = list(rule.people.all())
            least = Role(rule.least_role)
            yield Ask(
                number=rule.number,
                who=" or ".join(map(name_of, people)) or _of_role(least),
                people=frozenset(person.pk for person in people),
                least=least,
            )


def _of_role(least: Role) -> str:
    return "an owner" if least == Role.OWNER else "an approver"


def _is_asked_always(area: str) -> bool:
    return area == PLAN or area.startswith("tier:")
