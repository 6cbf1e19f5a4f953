"""The views of intake: each loads, validates, calls the domain once and answers."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from planner import charts, readings, uploads
from planner.http import HtmxRequest, page
from planner.models import Reading
from planner.pages.intake.answers import answer, peak_of, savings, start_plan
from planner.pages.intake.forms import BusyForm, LogForm, NumbersForm, PlanForm
from planner.people import current
from planner.plans import homes_of
from topology import document
from topology.workload import Workload

INTAKE, READING = "planner/intake.html", "planner/reading.html"


@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HtmxRequest) -> HttpResponse:
    """The ways in: POST takes a log; five numbers come in the address, so that they can be kept and shared."""
    if request.method == "POST":
        return _take_log(request)
    return _numbers_page(request, NumbersForm(request.GET or None), _plan_form(request))


@require_safe
def reading(request: HtmxRequest, pk: UUID) -> HttpResponse:
    """How far a reading is; once it is done, what was read, and the first useful number."""
    found = get_object_or_404(readings.visible_to(current(request)), pk=pk)
    if found.answer is None:
        return page(request, READING, {"reading": found}, status=_unanswered(request, found), parts=("reading",))
    return _reading_page(request, found, BusyForm(request.GET), _plan_form(request))


@require_POST
def plan_numbers(request: HtmxRequest) -> HttpResponse:
    """Make a plan of five numbers."""
    numbers, plan = NumbersForm(request.POST), _plan_form(request)
    if numbers.is_valid() and plan.is_valid():
        return _start(request, numbers.workload(), plan, "Planned from five numbers")
    return _numbers_page(request, numbers, plan)


@require_POST
def plan_reading(request: HtmxRequest, pk: UUID) -> HttpResponse:
    """Make a plan of what was read from a log."""
    found = get_object_or_404(readings.visible_to(current(request)), pk=pk, state=Reading.State.DONE)
    busy, plan = BusyForm(request.POST), _plan_form(request)
    if busy.is_valid() and plan.is_valid():
        return _start(request, busy.applied(_workload(found, busy)), plan, "Planned from an access log")
    return _reading_page(request, found, busy, plan)


def _plan_form(request: HtmxRequest) -> PlanForm:
    """What the plan is called, and where the person may begin one in several teams, which of them gets it."""
    return PlanForm(request.POST if request.method == "POST" else None, homes=homes_of(current(request)))


def _unanswered(request: HtmxRequest, found: Reading) -> int:
    """The status of a reading without an answer; htmx shows no page of a server's fault, so it is not told of one."""
    if not found.refusal or (found.refusal_status >= 500 and request.htmx):
        return 200
    return found.refusal_status


def _take_log(request: HtmxRequest) -> HttpResponse:
    form = LogForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"log_form": form, "numbers": NumbersForm()}
        return page(request, INTAKE, context, status=form.status, parts=("log_form",))
    received = uploads.receive(form.cleaned_data["logs"], form.pasted())
    begun = readings.begin(received, names=form.names(), month=form.cleaned_data["month"], user=current(request))
    where = reverse("reading", args=[begun.pk])
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def _start(request: HtmxRequest, workload: Workload, plan: PlanForm, message: str) -> HttpResponse:
    revision = start_plan(current(request), workload, plan, message=message)
    return redirect("stages", revision.plan.slug)


def _numbers_page(request: HtmxRequest, numbers: NumbersForm, plan: PlanForm) -> HttpResponse:
    workload = numbers.workload() if numbers.is_bound and numbers.is_valid() else None
    context = {"log_form": LogForm(), "numbers": numbers, **_answered(workload, numbers, plan, reverse("plan_numbers"))}
    return page(request, INTAKE, context, status=_status(numbers, plan), parts=("answer",))


def _reading_page(request: HtmxRequest, found: Reading, busy: BusyForm, plan: PlanForm) -> HttpResponse:
    workload = _workload(found, busy)
    asked = busy.applied(workload) if busy.is_valid() else None
    context = {
        "reading": found,
        "read": found.answer,
        "workload": workload,
        "savings": savings(found),
        "people": busy.wants_people,
        "peak": peak_of(found, people=busy.wants_people),
        "profile": charts.hour_profile(workload.hours) if workload.hours else None,
        "shares": charts.class_shares(workload.classes),
        "busy": busy,
        **_answered(asked, busy, plan, reverse("plan_reading", args=[found.pk])),
    }
    return page(request, READING, context, status=_status(busy, plan), parts=("reading", "answer"))


def _answered(workload: Workload | None, asked: forms.Form, plan: PlanForm, action: str) -> dict[str, Any]:
    """Context of the part `answer`: the first number, or what keeps it from being worked out."""
    return {
        "answer": answer(workload) if workload else None,
        "asked": asked,
        "kept": [(name, asked.data[name]) for name in asked.fields if asked.data.get(name)],
        "plan_form": plan,
        "plan_action": action,
    }


def _status(*sent: forms.Form) -> int:
    return 422 if any(form.is_bound and form.errors for form in sent) else 200


def _workload(found: Reading, busy: BusyForm) -> Workload:
    """The workload that was read: of all clients, or of people where that is asked for and the log tells."""
    answer = found.answer or {}
    people = answer.get("workload_without_robots") if busy.wants_people else None
    return document.load_workload(json.dumps(people or answer["workload"]), file=str(found))


urlpatterns = [
    path("intake/", intake, name="intake"),
    path("intake/plan/", plan_numbers, name="plan_numbers"),
    path("intake/<uuid:pk>/", reading, name="reading"),
    path("intake/<uuid:pk>/plan/", plan_reading, name="plan_reading"),
]
