"""Plans over the API: what stands, what stood, what it can carry, saving by the digest that was seen."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Status

from planner import plans
from planner.api.answers import REFUSALS, Problem
from planner.api.doors import READ, WRITE, once, seen, with_etag
from planner.api.shapes import MOST_ID, DocumentIn, PlanIn, PlanOut, PlanSlug, RevisionOut
from planner.once import asked_once
from planner.people import current
from planner.review import recording
from topology import document, revisions
from topology.capacity import forecast, to_document
from topology.checks import findings
from topology.components import catalogue
from topology.design import Design
from topology.models import Plan, Revision

router = Router(tags=["plans"])
REFUSED: dict[Any, Any] = {REFUSALS: Problem}


@router.get("/", auth=READ, response={200: list[PlanOut], **REFUSED})
def list_plans(request: HttpRequest) -> list[PlanOut]:
    """The plans of your teams, by name."""
    found = plans.visible_to(current(request)).filter(removed_at=None).select_related("holding__team")[:1000]
    heads = {row.plan_id: row for row in revisions.heads().filter(plan__in=list(found))}
    with asked_once():
        return [PlanOut.of(plan, heads[plan.pk], plans.team_of(plan).slug) for plan in found if plan.pk in heads]


@router.post("/", auth=WRITE, response={201: PlanOut, **REFUSED})
def begin_plan(request: HttpRequest, sent: PlanIn) -> Status[Any]:
    """Begin a plan with a document. `Idempotency-Key` makes it happen once."""

    def work() -> Status[PlanOut]:
        design = document.from_data(sent.document, catalogue=catalogue())
        user = current(request)
        team = plans.team_named(user, sent.team) if sent.team else plans.home_of(user)
        revision = recording.begin(user, design, name=sent.name, message=sent.message, team=team)
        return Status(201, PlanOut.of(revision.plan, revision, team.slug))

    return once(request, work)


@router.get("/{plan}/", auth=READ, response={200: PlanOut, **REFUSED})
def get_plan(request: HttpRequest, plan: PlanSlug) -> PlanOut:
    """One plan."""
    found = plans.plan_for(request, plan)
    return PlanOut.of(found, revisions.get(found), plans.team_of(found).slug)


@router.get("/{plan}/document/", auth=READ, response={200: dict[str, Any], **REFUSED})
def get_document(
    request: HttpRequest, response: HttpResponse, plan: PlanSlug, revision: int | None = None
) -> dict[str, Any]:
    """The plan file of a revision, by default of the newest. The ETag is its digest."""
    row, design = _design(request, plan, revision)
    with_etag(response, row.digest)
    return document.to_data(design)


@router.put("/{plan}/document/", auth=WRITE, response={200: RevisionOut, **REFUSED})
def put_document(request: HttpRequest, response: HttpResponse, plan: PlanSlug, sent: DocumentIn) -> RevisionOut:
    """Save a design on top of the revision that you have seen: `If-Match` names its digest.

    428 without it; 412 where somebody else was first, with both versions.
    """
    parent = seen(request)
    design = document.from_data(sent.document, catalogue=catalogue())
    found = plans.plan_for(request, plan)
    row = recording.save(current(request), found, design, parent_digest=parent, message=sent.message)
    with_etag(response, row.digest)
    return RevisionOut.of(row)


@router.get("/{plan}/revisions/", auth=READ, response={200: list[RevisionOut], **REFUSED})
def list_revisions(request: HttpRequest, plan: PlanSlug) -> list[RevisionOut]:
    """Every revision, the newest first."""
    return [RevisionOut.of(row) for row in revisions.history(plans.plan_for(request, plan))[:1000]]


@router.get("/{plan}/forecast/", auth=READ, response={200: dict[str, Any], **REFUSED})
def get_forecast(request: HttpRequest, plan: PlanSlug, revision: int | None = None) -> dict[str, Any]:
    """What the design carries: the JSON of `manage.py forecast`."""
    return to_document(forecast(_design(request, plan, revision)[1]))


@router.get("/{plan}/findings/", auth=READ, response={200: list[dict[str, Any]], **REFUSED})
def get_findings(request: HttpRequest, plan: PlanSlug, revision: int | None = None) -> list[dict[str, Any]]:
    """What is wrong across its files: the JSON of `manage.py findings`."""
    return [finding.document() for finding in findings(_design(request, plan, revision)[1])]


def _design(request: HttpRequest, plan: str, number: int | None) -> tuple[Revision, Design]:
    found = plans.plan_for(request, plan)
    row = _revision(found, number)
    return row, revisions.design_of(row)


def _revision(plan: Plan, number: int | None) -> Revision:
    if number is not None and not 0 < number <= MOST_ID:
        raise Http404("Revisions are numbered from 1.")
    try:
        return revisions.get(plan, number)
    except Revision.DoesNotExist:
        raise Http404(f"{plan.slug} has no revision {number}; its newest is {plan.head}.") from None
