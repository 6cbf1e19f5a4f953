"""Verbs that begin a proposal and move it about: propose, ask for review or changes, withdraw, reopen, replace."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from planner import audit, plans
from planner.models import Holding, Proposal, State
from planner.review import Refused, policies
from planner.review.moving import checked, held_plan, moving, refuse, required, warm_design
from planner.review.settling import settle
from planner.turns import in_turn
from topology import document, revisions
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.models import Plan, Revision

MOST_NOTE = 300
"""Characters of what goes with a verb."""


def propose(
    user: User,
    plan: Plan,
    *,
    title: str,
    why: str = "",
    design: Design | None = None,
    message: str = "",
    once: bool = False,
) -> Proposal:
    """Cut a draft from the plan's newest revision; with a design, that is the draft's second revision.

    With `once`, a form that was sent twice makes one proposal: the newest one is given back where it says all of this.
    """
    refuse(policies.why_not_propose(user, plan))
    base = revisions.load(plan)
    warm_design(design or base, beside=base)
    with in_turn(), transaction.atomic():
        again = _proposed_again(user, plan, title.strip(), why, design) if once else None
        if again:
            return again
        proposal = _cut(user, plan, title.strip(), why, design, message)
        settle(proposal)
        head = revisions.get(proposal.draft)
        data = {"draft": proposal.draft.slug, "title": proposal.title, "revision": head.number, "digest": head.digest}
        team, rows = plans.team_of(proposal.plan), (proposal, proposal.base, head)
        audit.write(team, user, "propose", plan=proposal.plan, proposal=proposal, data=data, rows=rows)
    return proposal


def _proposed_again(user: User, plan: Plan, title: str, why: str, design: Design | None) -> Proposal | None:
    """The person's own draft that says the same of the same revision, where nobody has proposed anything since."""
    target = held_plan(plan)
    newest = Proposal.objects.select_related("base", "draft", "author").filter(plan=target).order_by("-number").first()
    if newest is None or (newest.author_id, newest.state) != (user.pk, State.DRAFT):
        return None
    base = revisions.get(target)
    wanted = base.digest if design is None else document.digest(_named_as(base, design))
    found = (newest.title, newest.why, newest.base.digest, revisions.get(newest.draft).digest)
    return newest if found == (title, why, base.digest, wanted) else None


def _cut(user: User, plan: Plan, title: str, why: str, design: Design | None, message: str) -> Proposal:
    # A plan from before there were teams is its team's for good once somebody proposes: the audit tells of it there.
    Holding.objects.get_or_create(plan=plan, defaults={"team": plans.team_of(plan)})
    target = held_plan(plan)  # of two people who propose at once, one waits: each gets a number of their own
    base = revisions.get(target)
    newest = Proposal.objects.filter(plan=target).aggregate(newest=Max("number"))["newest"]
    number = (newest or 0) + 1
    proposal = Proposal(plan=target, base=base, number=number, title=title, why=why, author=user)
    checked(proposal, "title", "why")
    slug = f"{target.slug[:30].rstrip('-')}-p{number}"
    proposal.draft = revisions.branch(base, slug=slug, name=title[:80], author=user.username)
    _record_first(user, proposal, design, message)
    proposal.save(force_insert=True)
    return proposal


def _record_first(user: User, proposal: Proposal, design: Design | None, message: str) -> None:
    if design is None:
        return
    own = _named_as(proposal.base, design)
    said = message.strip() or proposal.title
    revisions.record(
        proposal.draft, own, parent_digest=proposal.base.digest, message=said[:MOST_NOTE], author=user.username
    )


def _named_as(base: Revision, design: Design) -> Design:
    """The design under the plan's own name, whatever the file that was sent says."""
    name = revisions.design_of(base).name
    return design if design.name == name else design.model_copy(update={"name": name})


def open_review(user: User, proposal: Proposal) -> None:
    """Ask for review; approvals that still hold count at once."""
    with moving(user, proposal, "open_review") as move:
        head = move.head()
        if head.digest == move.proposal.base.digest:
            raise Refused("the proposal changes nothing yet; edit its draft first")
        move.proposal.state = State.IN_REVIEW
        move.done(head, data={"revision": head.number, "digest": head.digest})


def request_changes(user: User, proposal: Proposal, *, note: str) -> None:
    """Say what has to change first: nobody accepts before the author asks for review again."""
    said = required(note, path="note", most=MOST_NOTE, says="say what has to change")
    with moving(user, proposal, "request_changes") as move:
        move.proposal.state = State.CHANGES_REQUESTED
        head = move.head()
        move.done(head, data={"note": said, "revision": head.number, "digest": head.digest})


def withdraw(user: User, proposal: Proposal) -> None:
    """Take it back; it stays to be read."""
    with moving(user, proposal, "withdraw") as move:
        move.proposal.state = State.WITHDRAWN
        move.done()


def reopen(user: User, proposal: Proposal) -> None:
    """Open a withdrawn proposal again, as a draft."""
    with moving(user, proposal, "reopen") as move:
        move.proposal.state = State.DRAFT
        move.done()


def supersede(user: User, proposal: Proposal, *, by: Proposal | None) -> None:
    """Put it aside, for another proposal of the same plan where one takes its place."""
    if by is not None and (by.plan_id != proposal.plan_id or by.pk == proposal.pk):
        raise TierwrightError("name another proposal of the same plan", place=Place(path="by"))
    with moving(user, proposal, "supersede") as move:
        move.proposal.state = State.SUPERSEDED
        move.done(data={"by": by.pk if by else None, "by_number": by.number if by else None})


def edit_words(user: User, proposal: Proposal, *, title: str, why: str, decide_by: date | None) -> None:
    """Change its title, its reasons and the day to decide by; no approval depends on them."""
    with moving(user, proposal, "edit_words", rule=policies.why_not_words) as move:
        row = move.proposal
        was = {"title": row.title, "decide_by": row.decide_by, "why": row.why}
        row.title, row.why, row.decide_by = title.strip(), why, decide_by
        checked(row, "title", "why")
        if was != {"title": row.title, "decide_by": row.decide_by, "why": row.why}:
            move.done(data={"was": was})
