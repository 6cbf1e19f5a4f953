"""Proposals of a pipeline that keeps its plan file in git: proposed once for each content, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q

from planner import plans
from planner.models import Proposal, State
from planner.people import local_person
from planner.review import actions, recording
from topology import document, revisions
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.models import Plan, Revision


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of a plan file: the proposal that holds it, and whether something was written."""

    proposal: Proposal | None
    """None where the plan holds it already."""
    says: str
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where a design stands in a plan."""

    word: str
    """`accepted` (it is the plan's newest revision), `superseded` (an earlier one), the state of the proposal that
    holds it, or `unknown`."""
    proposal: Proposal | None
    says: str

    @property
    def is_accepted(self) -> bool:
        """Whether it is what the plan is now."""
        return self.word == State.ACCEPTED


def person(name: str) -> User:
    """Somebody by handle or e-mail; without a name the local person."""
    if not name:
        return local_person()
    found = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name), is_active=True).first()
    if found is None:
        raise TierwrightError("nobody here has this handle or e-mail", place=Place(path=name))
    return found


def plan_named(user: User, name: str) -> Plan:
    """A plan of the person's teams, by its slug."""
    found = plans.look_up(user, name)
    if found is None or plans.proposal_of(found) is not None:
        raise TierwrightError("there is no such plan, or it is of a team that you are not in", place=Place(path=name))
    return found


def propose(user: User, plan: Plan, design: Design, *, title: str, why: str = "", review: bool = True) -> Done:
    """Propose the design, or bring the person's open proposal of that title up to it; the same twice is once."""
    own = design.model_copy(update={"name": revisions.load(plan).name})
    digest = document.digest(own)
    if revisions.get(plan).digest == digest:
        return Done(proposal=None, says=f"{plan.slug} holds this already", is_new=False)
    proposal = _open_one(user, plan, title)
    if proposal is None:
        proposal = actions.propose(user, plan, title=title, why=why, design=own, message=title)
        says = "proposed"
    elif revisions.get(proposal.draft).digest == digest:
        return _reviewed(user, proposal, review, Done(proposal=proposal, says="proposed already", is_new=False))
    else:
        head = revisions.get(proposal.draft)
        recording.save(user, proposal.draft, own, parent_digest=head.digest, message=title)
        says = "a new revision of the proposal"
    return _reviewed(user, proposal, review, Done(proposal=proposal, says=says, is_new=True))


def where(plan: Plan, design: Design) -> Where:
    """Where a design stands: in the plan, or in the proposal of it that was touched last."""
    digest = document.digest(design.model_copy(update={"name": revisions.load(plan).name}))
    head = revisions.get(plan)
    if head.digest == digest:
        return Where(word="accepted", proposal=_of(head), says=f"{plan.slug} is this, as revision {head.number}")
    holding = Proposal.objects.filter(plan=plan, draft__revisions__digest=digest).order_by("-updated_at").first()
    if holding is not None and revisions.get(holding.draft).digest == digest:
        missing = "; ".join(holding.summary.get("missing") or ())
        return Where(word=holding.state, proposal=holding, says=missing or State(holding.state).label)
    if Revision.objects.filter(plan=plan, digest=digest).exists():
        return Where(word="superseded", proposal=None, says=f"{plan.slug} was this once, and is another now")
    return Where(word="unknown", proposal=None, says=f"{plan.slug} never was this, and no open proposal is")


def _open_one(user: User, plan: Plan, title: str) -> Proposal | None:
    opened = [state for state in State if state.is_open]
    rows = Proposal.objects.filter(plan=plan, author=user, title=title, state__in=opened)
    return rows.select_related("plan", "draft", "base", "author").order_by("-pk").first()


def _reviewed(user: User, proposal: Proposal, review: bool, done: Done) -> Done:
    proposal.refresh_from_db()
    if review and proposal.state in (State.DRAFT, State.CHANGES_REQUESTED):
        actions.open_review(user, proposal)
        proposal.refresh_from_db()
    return done


def _of(revision: Revision) -> Proposal | None:
    return Proposal.objects.filter(accepted=revision).first()
