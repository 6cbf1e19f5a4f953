"""Which approvals count: area by area, whose yes is asked, whose is given, and whose has been overtaken and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner import plans
from planner.models import Approval, Proposal, ReviewRule, Role, Team
from planner.once import answer
from planner.packed import stood
from planner.review import asking, sealing
from planner.review.asking import Ask
from planner.review.policies import why_no_judge
from planner.review.sealing import Sealed
from topology.areas import Seal, title_of
from topology.design import Design
from topology.models import Revision


@dataclass(frozen=True, kw_only=True)
class AreaStanding:
    """An area that changes, and its approvals."""

    name: str
    title: str
    asked: tuple[tuple[str, int], ...]
    """Who may say yes, in words, and how many of them must."""
    good: tuple[Approval, ...]
    stale: tuple[tuple[Approval, str], ...]
    """Those that no longer count, each with the reason."""
    met: bool

    @property
    def lacks(self) -> str:
        """What is missing, a sentence; empty where nothing is."""
        if self.met:
            return ""
        asked = " and ".join(who if number == 1 else f"{number} of: {who}" for who, number in self.asked)
        given = f", {len(self.good)} given" if self.good else ""
        return f"{self.title} needs a yes: {asked}{given}"


@dataclass(frozen=True)
class Ballot:
    """The people of a proposal's team and what they said yes to, read from the database once."""

    proposal: Proposal
    team: Team
    head: Revision
    """The draft's newest revision: whoever made it is no judge of it."""

    @cached_property
    def roles(self) -> Mapping[int, Role]:
        """Id of each member -> role."""
        return plans.roles_of(self.team)

    @cached_property
    def approvals(self) -> tuple[Approval, ...]:
        """Every approval that was not taken back, the newest first."""
        rows = Approval.objects.filter(proposal=self.proposal, rescinded_at=None)
        rows = rows.select_related("user", "revision__plan").order_by("-created_at", "-pk")
        return answer(("approvals", self.proposal.pk), lambda: tuple(rows))

    @cached_property
    def rules(self) -> tuple[ReviewRule, ...]:
        """The team's rules."""
        return asking.rules_of(self.team)

    def areas(self, before: Sealed, after: Sealed, *, added: float | None) -> tuple[AreaStanding, ...]:
        """Every area that changes and is asked about."""
        asks = asking.asks_for(sealing.changed(before, after), self.rules, added=added)
        return tuple(self._area(area, asked, after) for area, asked in asks.items())

    def _area(self, area: str, asked: Collection[Ask], after: Sealed) -> AreaStanding:
        good, stale = [], []
        for approval in self._newest(area):
            why = self._why_void(approval, area, after)
            if why is None:
                good.append(approval)
            else:
                stale.append((approval, why))
        return AreaStanding(
            name=area,
            title=title_of(area),
            asked=tuple((ask.who, ask.number) for ask in asked),
            good=tuple(good),
            stale=tuple(stale),
            met=all(self._is_met(ask, good) for ask in asked),
        )

    def _newest(self, area: str) -> Iterator[Approval]:
        """The last word of each person on an area."""
        seen: set[int] = set()
        for approval in self.approvals:
            if area in approval.seals and approval.user_id not in seen:
                seen.add(approval.user_id)
                yield approval

    def _why_void(self, approval: Approval, area: str, after: Sealed) -> str | None:
        return why_no_judge(approval.user, self.proposal, self.head) or self._why_no_member(approval) or (
            void_since(approval, area, after)
        )  # fmt: skip

    def _why_no_member(self, approval: Approval) -> str | None:
        role = self.roles.get(approval.user_id)
        return None if role and role.reaches(Role.APPROVER) else f"{approval.user.username} is no approver any more"

    def _is_met(self, ask: Ask, good: Iterable[Approval]) -> bool:
        return sum(ask.takes(item.user_id, self.roles.get(item.user_id)) for item in good) >= ask.number


def ballot_of(proposal: Proposal, head: Revision) -> Ballot:
    """The people and approvals of a proposal."""
    return Ballot(proposal, plans.team_of(proposal.plan), head)


def void_since(approval: Approval, area: str, now: Sealed) -> str | None:
    """None while the approval holds for the area as it is now, else what changed."""
    seal = Seal.read(approval.seals[area])
    if seal == now.seal(area):
        return None
    return sealing.why_void(seal, sealing.sealed(approval.revision), now) or "it is not what was approved"


def added_cost(before: Design, after: Design) -> float | None:
    """What the change costs more a month; None where that is not known."""
    old, new = stood(before).forecast, stood(after).forecast
    if old is None or new is None or old.cost_month.currency != new.cost_month.currency:
        return None
    was, now = old.cost_month.amount, new.cost_month.amount
    return None if was is None or now is None else now - was
