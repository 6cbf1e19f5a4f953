"""Proposals over the API: the same verbs as the pages, refused by the same sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from planner import plans
from planner.api.answers import REFUSALS, Problem
from planner.api.doors import APPROVE, COMMENT, READ, WRITE, once
from planner.api.shapes import (
    ApproveIn,
    ChoicesIn,
    DigestIn,
    EvidenceIn,
    GlassIn,
    Id,
    NoteIn,
    PlanSlug,
    ProposalIn,
    ProposalOut,
    WaiverIn,
    WantedPlan,
    WordsIn,
)
from planner.api.standings import to_document
from planner.models import Proposal
from planner.once import asked_once
from planner.people import current
from planner.review import actions
from planner.review.standing import standing
from planner.review.states import OPEN
from topology import document, revisions
from topology.components import catalogue
from topology.diff import compare
from topology.diff import to_document as changes_of
from topology.weighing import to_document as weighed
from topology.weighing import weigh

router = Router(tags=["proposals"])
REFUSED: dict[Any, Any] = {REFUSALS: Problem}
ANSWER: dict[Any, Any] = {200: ProposalOut, **REFUSED}


@router.get("/proposals/", auth=READ, response={200: list[ProposalOut], **REFUSED})
def list_proposals(
    request: HttpRequest, state: Literal["open", "all"] = "open", plan: WantedPlan = ""
) -> list[ProposalOut]:
    """The proposals of your teams, the last touched first; `plan` names one plan."""
    rows = Proposal.objects.filter(plan__in=plans.visible_to(current(request)))
    rows = rows.filter(plan=plans.plan_for(request, plan)) if plan else rows
    rows = rows if state == "all" else rows.filter(state__in=OPEN)
    rows = rows.select_related("plan", "draft", "author", "base", "accepted")
    found = list(rows.defer("base__document", "accepted__document")[:500])
    heads = {row.plan_id: row for row in revisions.heads().filter(plan__proposal__in=found)}
    return [ProposalOut.of(row, heads[row.draft_id]) for row in found]


@router.post("/plans/{plan}/proposals/", auth=WRITE, response={201: ProposalOut, **REFUSED})
def propose(request: HttpRequest, plan: PlanSlug, sent: ProposalIn) -> Status[Any]:
    """Propose a change. `Idempotency-Key` makes it happen once."""

    def work() -> Status[ProposalOut]:
        user, found = current(request), plans.plan_for(request, plan)
        design = None if sent.document is None else document.from_data(sent.document, catalogue=catalogue())
        proposal = actions.propose(
            user, found, title=sent.title, why=sent.why, design=design, message=sent.message or sent.title
        )
        if sent.open_review:
            actions.open_review(user, proposal)
        return Status(201, _out(proposal))

    return once(request, work)


@router.get("/proposals/{pk}/", auth=READ, response=ANSWER)
def get_proposal(request: HttpRequest, pk: Id) -> ProposalOut:
    """One proposal. Its documents are those of its `draft`."""
    return _out(plans.proposal_for(request, pk))


@router.patch("/proposals/{pk}/", auth=WRITE, response=ANSWER)
def edit_words(request: HttpRequest, pk: Id, sent: WordsIn) -> ProposalOut:
    """Change its title, its reasons and the day to decide by."""
    proposal = plans.proposal_for(request, pk)
    actions.edit_words(current(request), proposal, title=sent.title, why=sent.why, decide_by=sent.decide_by)
    return _out(proposal)


@router.get("/proposals/{pk}/standing/", auth=READ, response={200: dict[str, Any], **REFUSED})
def get_standing(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Where it stands: approvals of each area, checks with their evidence, what lacks, and whether it is behind."""
    with asked_once():
        return to_document(standing(plans.proposal_for(request, pk), today=timezone.localdate()))


@router.get("/proposals/{pk}/changes/", auth=READ, response={200: dict[str, Any], **REFUSED})
def get_changes(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """What it changes, and what that means in numbers."""
    proposal = plans.proposal_for(request, pk)
    before, after = revisions.design_of(proposal.base), revisions.load(proposal.draft)
    lead = plans.team_of(proposal.plan).lead_days
    meaning = weigh(before, after, today=timezone.localdate(), lead_days=lead)
    return {"changes": changes_of(compare(before, after)), **weighed(meaning)}


@router.post("/proposals/{pk}/open-review/", auth=WRITE, response=ANSWER)
def open_review(request: HttpRequest, pk: Id) -> ProposalOut:
    """Ask for review."""
    return _move(request, pk, lambda user, proposal: actions.open_review(user, proposal))


@router.post("/proposals/{pk}/request-changes/", auth=APPROVE, response=ANSWER)
def request_changes(request: HttpRequest, pk: Id, sent: NoteIn) -> ProposalOut:
    """Say what has to change first."""
    return _move(request, pk, lambda user, proposal: actions.request_changes(user, proposal, note=sent.note))


@router.post("/proposals/{pk}/approve/", auth=APPROVE, response=ANSWER)
def approve(request: HttpRequest, pk: Id, sent: ApproveIn) -> ProposalOut:
    """Say yes to areas of exactly the revision that you have seen; 409 where there is a newer one."""
    return _move(
        request,
        pk,
        lambda user, proposal: actions.approve(user, proposal, areas=sent.areas, digest=sent.digest, note=sent.note),
    )


@router.post("/proposals/{pk}/rescind/", auth=APPROVE, response=ANSWER)
def rescind(request: HttpRequest, pk: Id) -> ProposalOut:
    """Take your yes back."""
    return _move(request, pk, lambda user, proposal: actions.rescind(user, proposal))


@router.post("/proposals/{pk}/waive/", auth=APPROVE, response=ANSWER)
def waive(request: HttpRequest, pk: Id, sent: WaiverIn) -> ProposalOut:
    """Take on a failing check, for the evidence that you have seen."""
    return _move(
        request,
        pk,
        lambda user, proposal: actions.waive_check(
            user, proposal, check=sent.check, evidence=sent.evidence, reason=sent.reason
        ),
    )


@router.post("/proposals/{pk}/update/", auth=WRITE, response={200: dict[str, Any], **REFUSED})
def update(request: HttpRequest, pk: Id, sent: ChoicesIn) -> dict[str, Any]:
    """Bring it up to the baseline. Fields that both changed come back as conflicts: send a choice for each."""
    proposal = plans.proposal_for(request, pk)
    merged = actions.update(
        current(request), proposal, choices=dict(sent.choices), digest=sent.digest, target_digest=sent.target_digest
    )
    conflicts = [{"path": one.path, "says": one.says} for one in merged.conflicts]
    return {
        "conflicts": conflicts,
        "problems": list(merged.problems),
        "proposal": _out(proposal).model_dump(mode="json"),
    }


@router.post("/proposals/{pk}/accept/", auth=APPROVE, response=ANSWER)
def accept(request: HttpRequest, pk: Id, sent: DigestIn) -> ProposalOut:
    """Make it the baseline. Everything is looked at again first."""
    return _move(request, pk, lambda user, proposal: actions.accept(user, proposal, digest=sent.digest))


@router.post("/proposals/{pk}/break-glass/", auth=APPROVE, response=ANSWER)
def break_glass(request: HttpRequest, pk: Id, sent: GlassIn) -> ProposalOut:
    """Accept without what the rules ask: owners, with a reason, for everybody to see."""
    return _move(
        request,
        pk,
        lambda user, proposal: actions.break_glass(user, proposal, digest=sent.digest, reason=sent.reason),
    )


@router.post("/proposals/{pk}/withdraw/", auth=WRITE, response=ANSWER)
def withdraw(request: HttpRequest, pk: Id) -> ProposalOut:
    """Take it back; it stays to be read, and can be opened again."""
    return _move(request, pk, lambda user, proposal: actions.withdraw(user, proposal))


@router.post("/proposals/{pk}/reopen/", auth=WRITE, response=ANSWER)
def reopen(request: HttpRequest, pk: Id) -> ProposalOut:
    """Open a withdrawn proposal again, as a draft."""
    return _move(request, pk, lambda user, proposal: actions.reopen(user, proposal))


@router.post("/proposals/{pk}/evidence/", auth=COMMENT, response=ANSWER)
def add_evidence(request: HttpRequest, pk: Id, sent: EvidenceIn) -> ProposalOut:
    """Attach the report of a rehearsal: it counts for the bundle of that digest alone."""
    return _move(
        request,
        pk,
        lambda user, proposal: actions.add_evidence(
            user, proposal, kind=sent.kind, content_digest=sent.content_digest, report=sent.report
        ),
    )


def _move(request: HttpRequest, pk: int, verb: Callable[[Any, Proposal], Any]) -> ProposalOut:
    proposal = plans.proposal_for(request, pk)
    verb(current(request), proposal)
    proposal.refresh_from_db()
    return _out(proposal)


def _out(proposal: Proposal) -> ProposalOut:
    return ProposalOut.of(proposal, revisions.get(proposal.draft))
