"""The proposals of a plan: the list, and the form that makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from planner import autosaving, tables
from planner.covers import WORDS
from planner.http import HtmxRequest, page
from planner.models import Proposal, State
from planner.people import current
from planner.plans import plan_for, proposal_of
from planner.proposing import ProposeForm, context_of
from planner.review import actions, policies
from planner.review.states import OPEN
from topology import revisions
from topology.errors import TierwrightError
from topology.models import Plan

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Talks(TypedDict):
        """What a list adds to a proposal: its open threads."""

        talks: int

    Listed = WithAnnotations[Proposal, Talks]

MOST = 100
COLUMNS = (
    "proposal", "title", "author", "state", "says", "proposed", "touched", "decide_by", "open_talks", "became",
    "broke_glass",
)  # fmt: skip
GROUPS = (("open", "Open", OPEN), ("accepted", "Accepted", (State.ACCEPTED,)),
          ("other", "Withdrawn and superseded", (State.WITHDRAWN, State.SUPERSEDED)))  # fmt: skip


@require_safe
def proposals(request: HtmxRequest, plan: str) -> HttpResponse:
    """Open ones first, then what became of the others."""
    found = _target(request, plan)
    groups = [(title, list(_listed(found, states))) for _, title, states in GROUPS]
    rows = (_row(each) for _, each_of in groups for each in each_of)
    if (file := tables.answer(request, f"{found.slug}-proposals", COLUMNS, rows)) is not None:
        return file
    context = {
        "plan": found,
        "revision": revisions.get(found),
        "groups": [(title, [(each, WORDS[each.state]) for each in each_of]) for title, each_of in groups if each_of],
        "why_not": policies.why_not_propose(current(request), found),
        "most": MOST,
    }
    return page(request, "planner/proposals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HtmxRequest, plan: str) -> HttpResponse:
    """Propose the next design of the plan."""
    found = _target(request, plan)
    sent = request.method == "POST"
    form = ProposeForm(found, request.POST) if sent else ProposeForm(found, initial=_initial(request))
    status = 422 if sent else 200
    if sent and form.is_valid():
        try:
            return _made(request, found, form)
        except TierwrightError as error:
            form.add_error(None, error.sentence)
            status = getattr(error, "status", 422)
    return page(request, "planner/propose.html", context_of(current(request), found, form), status=status)


def _row(each: Listed) -> tuple[object, ...]:
    says, became = each.summary.get("sentence", ""), each.accepted.number if each.accepted else None
    return (
        each.number, each.title, each.author.username, each.state, says, each.created_at, each.updated_at,
        each.decide_by, each.talks, became, bool(each.broke_glass),
    )  # fmt: skip


def _made(request: HtmxRequest, plan: Plan, form: ProposeForm) -> HttpResponse:
    """Make the proposal and go on to it; without a design there is nothing to see yet, so the editor comes first."""
    words, user = form.cleaned_data, current(request)
    proposal = actions.propose(user, plan, title=words["title"], why=words["why"], design=form.design, once=True)
    if words["source"] == "draft":
        autosaving.forget(user, plan)
    messages.success(request, f"Proposal #{proposal.number} is a draft: nobody is asked until you ask for review.")
    return redirect("editor", proposal.draft.slug) if form.design is None else redirect("proposal", proposal.pk)


def _initial(request: HtmxRequest) -> dict[str, str]:
    """What the address asks for: `?stage=load_balanced`, `?source=file`."""
    stage, source = request.GET.get("stage", ""), request.GET.get("source", "")
    if stage:
        return {"source": "stage", "stage": stage}
    return {"source": source if source in ("plan", "file") else "plan"}


def _target(request: HtmxRequest, slug: str) -> Plan:
    """The plan; of a draft, the plan that it is for."""
    found = plan_for(request, slug)
    proposal = proposal_of(found)
    return proposal.plan if proposal else found


def _listed(plan: Plan, states: tuple[State, ...]) -> QuerySet[Listed]:
    listed = Proposal.objects.filter(plan=plan, state__in=states).select_related("author", "draft", "accepted")
    return listed.annotate(talks=Count("threads", filter=Q(threads__resolved_at=None))).defer("why")[:MOST]


urlpatterns = [
    path("plans/<slug:plan>/proposals/", proposals, name="proposals"),
    path("plans/<slug:plan>/propose/", propose, name="propose"),
]
