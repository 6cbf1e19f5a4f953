"""The cheapest topology that holds a promise: asked on a form, searched beside the page, shown as what money buys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from planner import inquiries, plans, searching
from planner.found import certainty_of, found_of, plan_of
from planner.http import HtmxRequest, page
from planner.models import Inquiry
from planner.people import current
from planner.plans import plan_for
from planner.review import Refused, policies
from planner.saving import save
from planner.searching import Sought, choices_of, usual_choice
from topology import revisions, sweeps
from topology.design import Design, Promise, TierwrightError
from topology.models import Plan, Revision
from topology.workload import Workload

P95_MS, AVAILABILITY, HEADROOM = 500.0, 0.999, 0.3
"""Where to begin, for a plan that promises nothing."""
KINDS = Inquiry.Kind


class SearchForm(forms.Form):
    """What must hold at the peak, and which servers there are to choose from."""

    p95 = forms.FloatField(
        min_value=0.1,
        max_value=1_000_000,
        label="95 % within, ms",
        help_text="Pages and API calls, at the site's edge.",
    )
    availability = forms.FloatField(
        min_value=0.1, max_value=99.999999, label="Available, %", help_text="Share of the time: 99.9 is 9 hours a year."
    )
    headroom = forms.FloatField(
        min_value=0, max_value=99, label="Free at the peak, %", help_text="What is kept for a day that is worse."
    )
    refused = forms.FloatField(
        min_value=0,
        max_value=99,
        initial=0,
        label="Refused with one dead, %",
        help_text="Of the peak, while a server of a tier with several is down.",
    )
    budget = forms.FloatField(
        min_value=0.01,
        max_value=100_000_000,
        required=False,
        label="At most a month",
        help_text="In the currency of the prices; may be left out.",
    )
    types = forms.ChoiceField(
        label="Server types to consider", help_text="No rate of exchange is assumed: all prices are in one currency."
    )

    def __init__(self, design: Design, sent: QueryDict | None) -> None:
        super().__init__(sent, initial=_usual(design))
        types = self.fields["types"]
        assert isinstance(types, forms.ChoiceField)
        types.choices = choices_of(design)
        for field in self.fields.values():
            if isinstance(field, forms.FloatField):
                field.widget.attrs |= {"step": "any", "autocomplete": "off"}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Div("p95", "availability", "headroom", "refused", css_class="fields"),
            Div("types", "budget", css_class="fields fields-types"),
        )

    def sought(self) -> Sought:
        """What was asked; shares are from 0 to 1."""
        said = self.cleaned_data
        return Sought(
            p95_ms=said["p95"],
            availability=round(said["availability"] / 100, 12),
            headroom=round(said["headroom"] / 100, 12),
            refused=round(said["refused"] / 100, 12),
            budget=said["budget"],
            types=said["types"],
        )


@require_safe
def cheapest(request: HtmxRequest, plan: str) -> HttpResponse:
    """The form, and once something is asked, how far the search is and what it found."""
    found, head, design = _head(request, plan)
    context: dict[str, Any] = {"plan": found, "revision": head}
    if not isinstance(design.workload, Workload):
        return page(request, "planner/cheapest.html", context | {"trouble": True})
    form = SearchForm(design, request.GET if "p95" in request.GET else None)
    context |= {"form": form, "promises": design.promise is not None, "peak": design.workload.peak}
    if form.is_bound and form.is_valid():
        context |= _asked(current(request), head, design, form.sought())
    status = 422 if form.errors else 200
    return page(request, "planner/cheapest.html", context, status=status, parts=("found", "worlds"))


@require_POST
def again(request: HtmxRequest, plan: str) -> HttpResponse:
    """Ask once more what ended without an answer, or begin a confirmation over many worlds."""
    _, head, design = _head(request, plan)
    sought = _sought(request, design)
    kind = KINDS.WORLDS if request.POST.get("kind") == KINDS.WORLDS else KINDS.CHEAPEST
    inquiries.ask_anew(kind, head, sought.asked(design), user=current(request))
    return _back(plan, sought, "#worlds" if kind == KINDS.WORLDS else "")


@require_POST
def stop(request: HtmxRequest, plan: str) -> HttpResponse:
    """Stop a confirmation; what is done of it is kept."""
    _, head, design = _head(request, plan)
    if why_not := policies.why_not_ask(current(request), head.plan):
        raise Refused(why_not)
    sought = _sought(request, design)
    running = inquiries.find(KINDS.WORLDS, head, sought.asked(design))
    if running is not None:
        Inquiry.objects.filter(pk=running.pk, state=Inquiry.State.RUNNING).update(state=Inquiry.State.STOPPED)
        if running.sweep is not None:
            sweeps.cancel(running.sweep)
    return _back(plan, sought, "#worlds")


@require_POST
def take(request: HtmxRequest, plan: str) -> HttpResponse:
    """Make a topology that was found the plan's next revision."""
    found = plan_for(request, plan)
    digest, key = request.POST.get("inquiry", ""), request.POST.get("key", "")
    inquiry = Inquiry.objects.filter(digest=digest).exclude(answer=None).first()
    # Only who sees a plan with the design that was asked about sees what was found for it.
    seen = inquiry and plans.seen_with(current(request), inquiry.revision.digest)
    design = plan_of(inquiry, key) if seen else None
    if inquiry is None or design is None:
        raise Http404("This topology is no longer kept; search again.")
    sought = searching.sought_of(inquiry.asked)
    message = (
        f"The cheapest that was found for {_words(sought)}"
        if key in ("1", "winner", "surest")
        else "Found by the search"
    )
    parent = request.POST.get("parent")
    return save(request, found, design, parent_digest=parent, message=message, onward=reverse("editor", args=[plan]))


def _asked(user: User, head: Revision, design: Design, sought: Sought) -> dict[str, Any]:
    """How far the search is, and once it has ended, what it found."""
    asked = sought.asked(design)
    context: dict[str, Any] = {"sought": sought, "query": urlencode(sought.query), "words": _words(sought)}
    try:
        inquiry = inquiries.ask(KINDS.CHEAPEST, head, asked, user=user)
    except TierwrightError as error:
        return context | {"busy": str(error)}
    context |= {"inquiry": inquiry, "running": inquiry.is_running}
    if inquiry.state == Inquiry.State.DONE and inquiry.answer is not None:
        worlds = inquiries.find(KINDS.WORLDS, head, asked)
        context |= {"found": found_of(inquiry, design), "worlds": worlds}
        context |= {"candidates": searching.CANDIDATES, "many": searching.WORLDS}
        if worlds is not None and worlds.state == Inquiry.State.DONE:
            context |= certainty_of(worlds, design)
        if inquiry.answer["relax"]:
            context["relaxed"] = _relaxed(sought, inquiry.answer["relax"])
    return context


def _relaxed(sought: Sought, change: Mapping[str, Any]) -> dict[str, str] | None:
    """The address that asks for less, and what it asks for; None where it is the load that must be less."""
    less = sought.relaxed(change)
    return None if less is None else {"query": urlencode(less.query), "words": _words(less)}


def _words(sought: Sought) -> str:
    """The promise in words."""
    query = sought.query
    parts = [
        f"95 % within {query['p95']} ms", f"available {query['availability']} %", f"{query['headroom']} % free"
    ]  # fmt: skip
    if sought.refused:
        parts.append(f"{query['refused']} % refused with one server dead")
    if sought.budget is not None:
        parts.append(f"at most {query['budget']} a month")
    return ", ".join(parts)


def _usual(design: Design) -> dict[str, Any]:
    """The form as a plan's promise fills it."""
    promise = design.promise or Promise()
    availability = promise.availability if promise.availability is not None else AVAILABILITY
    headroom = promise.headroom if promise.headroom is not None else HEADROOM
    sought = Sought(
        p95_ms=promise.p95_ms if promise.p95_ms is not None else P95_MS,
        availability=availability,
        headroom=headroom,
        refused=0.0,
        budget=None,
        types=usual_choice(design),
    )
    return sought.query


def _head(request: HtmxRequest, plan: str) -> tuple[Plan, Revision, Design]:
    found = plan_for(request, plan)
    head = revisions.get(found)
    return found, head, revisions.design_of(head)


def _sought(request: HtmxRequest, design: Design) -> Sought:
    """What a button's form carries of the address."""
    form = SearchForm(design, QueryDict(request.POST.get("asked", "")[:10_000]))
    if not form.is_valid():
        raise TierwrightError("say first what must hold")
    return form.sought()


def _back(plan: str, sought: Sought, where: str) -> HttpResponse:
    return redirect(f"{reverse('cheapest', args=[plan])}?{urlencode(sought.query)}{where}")


urlpatterns = [
    path("plans/<slug:plan>/cheapest/", cheapest, name="cheapest"),
    path("plans/<slug:plan>/cheapest/again/", again, name="cheapest_again"),
    path("plans/<slug:plan>/cheapest/stop/", stop, name="cheapest_stop"),
    path("plans/<slug:plan>/cheapest/take/", take, name="cheapest_take"),
]
