"""The checks of a plan: what they find, what people say of their sites, and what somebody takes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from django import forms
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from planner.http import HtmxRequest, page
from planner.keeping import Kept
from planner.people import current
from planner.plans import plan_for
from planner.review import Refused, policies
from planner.saving import save
from topology import document, revisions
from topology.capacity import Forecast, forecast
from topology.checks import LEVELS, STALE, Check, Finding, checks, findings, take_back, waive
from topology.design import Design, Site, TierwrightError
from topology.models import Plan
from topology.practice import Practice

SHOWN = 100
"""Findings of one level that the page lists; more are counted."""
HEADINGS = {"error": "Errors", "warning": "Warnings", "advice": "Advice"}
NOBODY = "nobody said"
_FOUND: Kept[str, tuple[Finding, ...]] = Kept(most=64)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A finding and its check; None where the design could not be resolved, or a waiver names a check that is none."""

    finding: Finding
    check: Check | None

    @property
    def stale(self) -> bool:
        """It is a waiver that fits nothing any more: to be taken back, not on."""
        return self.finding.says == STALE


@dataclass(frozen=True, kw_only=True)
class Group:
    """Findings of one level."""

    name: str
    title: str
    rows: tuple[Row, ...]
    more: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """A check and what came of it."""

    check: Check
    result: Literal["nothing_found", "error", "warning", "advice", "unknown", "waived"]


class WaiverForm(forms.Form):
    """What a person writes who takes a finding on, or takes that back."""

    parent = forms.RegexField(r"^[0-9a-f]{64}$")
    check = forms.CharField(max_length=40)
    where = forms.CharField(max_length=200, required=False)
    # How long these two may be is the waiver's to say.
    reason = forms.CharField(required=False)
    by = forms.CharField(required=False)


class PracticeForm(forms.Form):
    """What people say of one site; every answer may be left open."""

    def __init__(self, site: Site, data: Any = None) -> None:
        super().__init__(data, prefix=site.name, initial=_answers(site.says or Practice()))
        self.site = site
        for name, field in Practice.model_fields.items():
            self.fields[name] = forms.ChoiceField(
                label=name.replace("_", " ").capitalize(),
                help_text=(field.description or "").replace("`", ""),
                required=False,
                choices=[("", NOBODY), *_choices(field.annotation)],
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )

    @property
    def open_questions(self) -> int:
        """How many of them nobody has answered."""
        said = self.site.says or Practice()
        return sum(getattr(said, name) is None for name in Practice.model_fields)

    def practice(self) -> Practice | None:
        """What was said; None where all of it was left open."""
        words = {"yes": True, "no": False}
        said = {name: words.get(value, value) for name, value in self.cleaned_data.items() if value}
        return Practice.model_validate(said) if said else None


@require_safe
def show(request: HtmxRequest, plan: str) -> HttpResponse:
    """Every finding of the plan's head, the gravest first."""
    found = plan_for(request, plan)
    head = revisions.get(found)
    design = revisions.design_of(head)
    listed = found_in(head.digest, design)
    context = {
        "plan": found,
        "revision": head,
        "groups": _groups(listed),
        "unknown": _rows(finding for finding in listed if finding.state == "unknown"),
        "waived": _rows(finding for finding in listed if finding.state == "waived"),
        "stopping": sum(finding.stops for finding in listed),
        "results": _results(listed),
        "forms": [PracticeForm(site) for site in design.sites],
    }
    return page(request, "planner/findings.html", context)


@require_POST
def take_on(request: HtmxRequest, plan: str) -> HttpResponse:
    """Take a finding on, with a reason and a name."""
    found, design, sent = _sent(request, plan)
    for row in _rows(found_in(document.digest(design), design)):
        finding = row.finding
        if _is_open(row) and (finding.check, finding.where) == (sent["check"], sent["where"]):
            changed = waive(design, finding, reason=sent["reason"], by=sent["by"])
            message = f"Take on {finding.check} at {finding.where}"
            return _save(request, found, changed, sent["parent"], message)
    raise TierwrightError("this finding is not there any more; look at the checks again")


@require_POST
def give_back(request: HtmxRequest, plan: str) -> HttpResponse:
    """Take a waiver back: the finding counts again."""
    found, design, sent = _sent(request, plan)
    changed = take_back(design, sent["check"], sent["where"])
    return _save(request, found, changed, sent["parent"], f"Take back the waiver of {sent['check']}")


@require_POST
def say(request: HtmxRequest, plan: str, site: str) -> HttpResponse:
    """Write down what people say of a site."""
    found = _for_change(request, plan)
    parent = request.POST.get("parent")
    design = _seen(found, parent)
    asked = next((each for each in design.sites if each.name == site), None)
    if asked is None:
        raise Http404(f"{found.name} has no site {site}.")
    form = PracticeForm(asked, request.POST)
    if not form.is_valid():
        raise TierwrightError("one of these answers is not among the choices; go back one page and choose again")
    told = asked.model_copy(update={"says": form.practice()})
    sites = tuple(told if each.name == site else each for each in design.sites)
    changed = design.model_copy(update={"sites": sites})
    return _save(request, found, changed, parent, f"Say how {site} works")


def _is_open(row: Row) -> bool:
    """Whether it can be taken on: it counts, and is not itself about a waiver."""
    return row.finding.state == "fails" and not row.stale


def found_in(digest: str, design: Design) -> tuple[Finding, ...]:
    """The findings of a design, kept by its digest."""
    return _FOUND.get(digest, lambda: findings(design, forecast=_forecast(design)))


def _forecast(design: Design) -> Forecast | None:
    try:
        return forecast(design) if design.workload is not None else None
    except TierwrightError:
        return None


def _save(request: HtmxRequest, plan: Plan, design: Design, parent: str | None, message: str) -> HttpResponse:
    onward = reverse("findings", args=[plan.slug])
    return save(request, plan, design, parent_digest=parent, message=message[:300], onward=onward)


def _for_change(request: HtmxRequest, plan: str) -> Plan:
    """The plan, for whoever may save it; others are told so before anything else is looked at."""
    found = plan_for(request, plan)
    if why_not := policies.why_not_record(current(request), found):
        raise Refused(why_not)
    return found


def _sent(request: HtmxRequest, plan: str) -> tuple[Plan, Design, dict[str, str]]:
    found = _for_change(request, plan)
    form = WaiverForm(request.POST)
    if not form.is_valid():
        raise TierwrightError("this did not arrive whole; go back one page and send it again")
    return found, _seen(found, form.cleaned_data["parent"]), form.cleaned_data


def _seen(plan: Plan, parent: str | None) -> Design:
    """The design that the form showed: where another is the head by now, both versions come from this one."""
    shown = revisions.history(plan).filter(digest=parent).first() if (parent or "").isalnum() else None
    return revisions.design_of(shown) if shown else revisions.load(plan)


def _choices(annotation: Any) -> list[tuple[str, str]]:
    """The words of a Literal, or yes and no."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    if kinds == [bool]:
        return [("yes", "yes"), ("no", "no")]
    return [(word, word.replace("_", " ")) for kind in kinds for word in get_args(kind)]


def _answers(said: Practice) -> dict[str, str]:
    words = {True: "yes", False: "no", None: ""}
    return {name: words.get(value, value) for name, value in said.model_dump().items()}


def _groups(listed: tuple[Finding, ...]) -> list[Group]:
    groups = []
    for level in LEVELS:
        found = [finding for finding in listed if finding.level == level and finding.state == "fails"]
        rows = _rows(found[:SHOWN])
        groups.append(Group(name=level, title=HEADINGS[level], rows=rows, more=len(found) - len(rows)))
    return [group for group in groups if group.rows]


def _rows(listed: Any) -> tuple[Row, ...]:
    by_name = {check.name: check for check in checks()}
    return tuple(Row(finding=finding, check=by_name.get(finding.check)) for finding in listed)


def _results(listed: tuple[Finding, ...]) -> list[Result]:
    gravest: dict[str, Finding] = {}
    for finding in listed:
        if gravest.setdefault(finding.check, finding).state != "fails" and finding.state == "fails":
            gravest[finding.check] = finding
    return [Result(check=check, result=_result(gravest.get(check.name))) for check in checks()]


def _result(gravest: Finding | None) -> Any:
    if gravest is None:
        return "nothing_found"
    return gravest.level if gravest.state == "fails" else gravest.state


urlpatterns = [
    path("plans/<slug:plan>/checks/", show, name="findings"),
    path("plans/<slug:plan>/checks/take-on/", take_on, name="take_on"),
    path("plans/<slug:plan>/checks/take-back/", give_back, name="take_back"),
    path("plans/<slug:plan>/checks/says/<slug:site>/", say, name="say"),
]
