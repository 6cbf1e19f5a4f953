"""A plan and its history: what stands now, every revision, going back to one, taking the plan off the lists."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from planner import tables
from planner.drawings import drawn
from planner.http import HtmxRequest, page
from planner.models import Proposal
from planner.people import current
from planner.plans import open_proposals, plan_for
from planner.review import policies, recording
from planner.saving import save
from topology import document, revisions
from topology.components import catalogue
from topology.diagrams import draw
from topology.diff import compare
from topology.errors import TierwrightError
from topology.models import Plan, Revision

COLUMNS = (
    "revision", "message", "servers", "author", "co_author", "saved", "digest", "proposal", "broke_glass",
)  # fmt: skip


class KeepForm(forms.Form):
    """A version of a design that a person keeps, on top of the revision that they have seen."""

    document = forms.CharField(max_length=4_000_000)
    parent = forms.RegexField(r"^[0-9a-f]{64}$")
    message = forms.CharField(max_length=300)
    onward = forms.CharField(max_length=200, required=False)


@require_safe
def plan(request: HtmxRequest, plan: str) -> HttpResponse:
    """What stands now, drawn and in a table, and every revision."""
    found = plan_for(request, plan)
    history = list(revisions.history(found).select_related("accepted_from"))
    if (file := tables.answer(request, f"{found.slug}-revisions", COLUMNS, map(_row, history))) is not None:
        return file
    head = revisions.get(found)
    context = {
        "plan": found,
        "revision": head,
        "drawing": drawn(draw(revisions.design_of(head))),
        "history": history,
        "accepted_from": getattr(history[0], "accepted_from", None),
        "proposals": list(open_proposals(found)),
        "why_not_propose": policies.why_not_propose(current(request), found),
        "why_not_remove": policies.why_not_remove(current(request), found),
    }
    return page(request, "planner/plan.html", context)


def _row(past: Revision) -> tuple[object, ...]:
    became: Proposal | None = getattr(past, "accepted_from", None)
    proposal = (became.number, bool(became.broke_glass)) if became else (None, None)
    return (
        past.number, past.message, past.servers, past.author, past.co_author, past.created_at, past.digest, *proposal
    )  # fmt: skip


@require_safe
def revision(request: HtmxRequest, plan: str, number: int) -> HttpResponse:
    """One revision: what it changed, its drawing and its plan file."""
    found = plan_for(request, plan)
    shown = _get_revision(found, number)
    design = revisions.design_of(shown)
    parent = revisions.load(found, number - 1) if number > 1 else None
    context = {
        "plan": found,
        "revision": shown,
        "is_head": shown.number == found.head,
        "head": revisions.get(found),
        "changes": compare(parent, design).lines() if parent else (),
        "drawing": drawn(draw(design)),
        "text": document.to_yaml(design),
    }
    return page(request, "planner/revision.html", context)


@require_safe
def plan_file(request: HtmxRequest, plan: str, number: int, form: str) -> HttpResponse:
    """The plan file of a revision, to keep."""
    found = plan_for(request, plan)
    design = revisions.design_of(_get_revision(found, number))
    text = document.to_yaml(design) if form == "yaml" else document.canonical(design).decode() + "\n"
    response = HttpResponse(text, content_type="application/yaml" if form == "yaml" else "application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-{number}.{form}"'
    return response


@require_POST
def restore(request: HtmxRequest, plan: str, number: int) -> HttpResponse:
    """Record an earlier revision once more, on top of the one that the person has seen."""
    found = plan_for(request, plan)
    design = revisions.design_of(_get_revision(found, number))
    return save(
        request,
        found,
        design,
        parent_digest=request.POST.get("parent"),
        message=f"Restore revision {number}",
        onward=_onward(request, plan),
    )


@require_POST
def keep(request: HtmxRequest, plan: str) -> HttpResponse:
    """Settle a conflict: record one's own version on top of the other."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        raise TierwrightError("this version did not arrive whole; go back one page and send it again")
    sent = form.cleaned_data
    found = plan_for(request, plan)
    design = document.load(sent["document"], catalogue=catalogue())
    return save(
        request, found, design, parent_digest=sent["parent"], message=sent["message"], onward=_onward(request, plan)
    )


@require_POST
def remove(request: HtmxRequest, plan: str) -> HttpResponse:
    """Take the plan off the lists."""
    found = plan_for(request, plan)
    recording.remove(current(request), found)
    messages.success(request, f"{found.name} is off the list. Its revisions stay, and it can be put back.")
    return redirect("start")


@require_POST
def bring_back(request: HtmxRequest, plan: str) -> HttpResponse:
    """Put a removed plan on the lists again."""
    found = plan_for(request, plan)
    recording.bring_back(current(request), found)
    messages.success(request, f"{found.name} is on the list again.")
    return redirect("plan", plan)


def _get_revision(plan: Plan, number: int) -> Revision:
    try:
        return revisions.get(plan, number)
    except Revision.DoesNotExist:
        raise Http404(f"{plan.name} has no revision {number}; its newest is {plan.head}.") from None


def _onward(request: HtmxRequest, plan: str) -> str:
    """Where the form asks to go afterwards, where that is an address of this site; else to the plan."""
    asked = request.POST.get("onward", "")
    return asked if _is_ours(request, asked) else reverse("plan", args=[plan])


def _is_ours(request: HtmxRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})


urlpatterns = [
    path("plans/<slug:plan>/", plan, name="plan"),
    path("plans/<slug:plan>/revisions/<int:number>/", revision, name="revision"),
    path("plans/<slug:plan>/revisions/<int:number>/restore/", restore, name="restore"),
    path("plans/<slug:plan>/revisions/<int:number>.yaml", plan_file, {"form": "yaml"}, name="plan_yaml"),
    path("plans/<slug:plan>/revisions/<int:number>.json", plan_file, {"form": "json"}, name="plan_json"),
    path("plans/<slug:plan>/keep/", keep, name="keep"),
    path("plans/<slug:plan>/remove/", remove, name="remove"),
    path("plans/<slug:plan>/bring-back/", bring_back, name="bring_back"),
]
