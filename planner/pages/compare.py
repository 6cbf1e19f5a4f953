"""Two to four designs side by side at the same traffic: plans, revisions of them, or their stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from planner import plans
from planner.charts import promised_share
from planner.found import plan_of
from planner.http import HtmxRequest, page
from planner.keeping import Kept
from planner.metrics import Difference, differences
from planner.models import Inquiry
from planner.people import current
from planner.sketches import Row, sketch_of
from planner.varying import TRAFFIC, factor_of
from topology import document, revisions
from topology.capacity import Forecast, forecast, portable
from topology.design import Design, TierwrightError
from topology.models import Plan, Revision
from topology.stages import Stages, evolve
from topology.workload import Workload

MOST = 4
_STAGES: Kept[str, Stages] = Kept(most=16)
_FORECASTS: Kept[str, Forecast] = Kept(most=64)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A design that a person compares, or why there is none."""

    token: str
    """As the address names it: `plan`, `plan@3`, `plan@load_balanced`."""
    title: str
    note: str
    """Which revision or stage it is."""
    url: str
    design: Design | None = None
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A design with its figures beside the first one's."""

    chosen: Chosen
    rows: tuple[Row, ...] = ()
    forecast: Forecast | None = None
    differences: tuple[Difference, ...] = ()
    limit: float | None = None
    trouble: str = ""


@require_safe
def compare(request: HtmxRequest) -> HttpResponse:
    """The figures of each design, and what is other than in the first; the slider moves them all."""
    # A database may refuse even to look for what cannot be printed.
    sent = [token for token in request.GET.getlist("plan") if token and token.isprintable()]
    tokens = list(dict.fromkeys(sent))[:MOST]
    traffic = factor_of(request.GET.get("traffic", ""), TRAFFIC)
    user = current(request)
    chosen = [_chosen(user, token) for token in tokens]
    shared, said = _shared_workload(chosen)
    columns = _columns(chosen, shared, traffic)
    context: dict[str, Any] = {
        "columns": columns,
        "metrics": _by_metric(columns),
        "traffic": traffic,
        "traffic_ends": TRAFFIC,
        "peak": shared.at(traffic).peak.mid if shared else None,
        "shared": said,
        "slots": _slots(chosen),
        "plans": plans.visible_to(user).filter(removed_at=None).order_by("name", "slug")[:200],
    }
    response = page(request, "planner/compare.html", context, parts=("compared",))
    if request.htmx and request.htmx.target == "compared":
        query = [("plan", token) for token in tokens] + ([("traffic", f"{traffic:g}")] if traffic != 1 else [])
        response["HX-Replace-Url"] = f"{reverse('compare')}?{urlencode(query)}"
    return response


def _slots(chosen: Sequence[Chosen]) -> list[Chosen | None]:
    """The fields of the form: those that are filled, and free ones."""
    return [*chosen, *[None] * (MOST - len(chosen))]


def _chosen(user: User, token: str) -> Chosen:
    if token.startswith("found."):
        return _of_search(user, token)
    slug, _, which = token.partition("@")
    plan = plans.look_up(user, slug)
    if plan is None:
        return Chosen(token=token, title=slug, note="", url="", trouble="There is no such plan.")
    try:
        return _of_stage(token, plan, which) if which and not which.isdecimal() else _of_revision(token, plan, which)
    except (Revision.DoesNotExist, KeyError):
        return Chosen(token=token, title=plan.name, note=which, url="", trouble=f"This plan has no {which}.")
    except TierwrightError as error:
        return Chosen(token=token, title=plan.name, note=which, url="", trouble=str(error))


def _of_revision(token: str, plan: Plan, number: str) -> Chosen:
    revision = revisions.get(plan, int(number) if number else None)
    url = reverse("revision", args=[plan.slug, revision.number]) if number else reverse("plan", args=[plan.slug])
    note = f"revision {revision.number}" if number else f"as it stands, revision {revision.number}"
    return Chosen(token=token, title=plan.name, note=note, url=url, design=revisions.design_of(revision))


def _of_stage(token: str, plan: Plan, name: str) -> Chosen:
    head = revisions.get(plan)
    view = _STAGES.get(head.digest, lambda: evolve(revisions.design_of(head))).view(name)
    url = reverse("stage", args=[plan.slug, name])
    return Chosen(token=token, title=plan.name, note=f"stage: {view.stage.title}", url=url, design=view.design)


def _of_search(user: User, token: str) -> Chosen:
    """A topology that a search found, while its answer is kept."""
    _, digest, key = (*token.split("."), "", "")[:3]
    inquiry = Inquiry.objects.filter(digest__startswith=digest).first() if len(digest) >= 20 else None
    design = plan_of(inquiry, key)
    asked_of = plans.seen_with(user, inquiry.revision.digest) if inquiry else None
    if asked_of is None or design is None:
        return Chosen(token=token, title="Found", note="", url="", trouble="This is no longer kept; search again.")
    url = reverse("cheapest", args=[asked_of.plan.slug])
    note = f"found for revision {asked_of.number}"
    return Chosen(token=token, title=f"{asked_of.plan.name}, cheapest", note=note, url=url, design=design)


def _shared_workload(chosen: Sequence[Chosen]) -> tuple[Workload | None, str]:
    """The workload that all carry, and a sentence where it is not their own: that of the first which has one."""
    found = [item for item in chosen if item.design is not None and isinstance(item.design.workload, Workload)]
    if not found:
        return None, ""
    first = found[0]
    assert first.design is not None
    assert isinstance(first.design.workload, Workload)
    if all(item.design is None or item.design.workload == first.design.workload for item in chosen):
        return first.design.workload, ""
    return portable(first.design), f"All are asked what {first.title} ({first.note}) is asked."


def _columns(chosen: Sequence[Chosen], shared: Workload | None, traffic: float) -> list[Column]:
    columns: list[Column] = []
    for item in chosen:
        first = next((column.forecast for column in columns if column.forecast), None)
        columns.append(_column(item, shared, traffic, first))
    return columns


def _column(chosen: Chosen, shared: Workload | None, traffic: float, first: Forecast | None) -> Column:
    if chosen.design is None:
        return Column(chosen=chosen, trouble=chosen.trouble)
    rows, limit = sketch_of(chosen.design), promised_share(chosen.design)
    if shared is None:
        return Column(chosen=chosen, rows=rows, trouble="None of these plans says what is asked of its site.")
    try:
        found = _forecast(chosen.design, shared, traffic)
    except TierwrightError as error:
        return Column(chosen=chosen, rows=rows, trouble=str(error))
    return Column(chosen=chosen, rows=rows, forecast=found, differences=differences(found, first or found), limit=limit)


def _forecast(design: Design, workload: Workload, traffic: float) -> Forecast:
    asked = workload if traffic == 1 else workload.at(traffic)
    key = f"{document.digest(design)} {document.digest(asked)}"
    return _FORECASTS.get(key, lambda: forecast(design, asked))


def _by_metric(columns: Sequence[Column]) -> list[tuple[str, list[Difference | None]]]:
    """The same figure of every design in a row."""
    whole = [column for column in columns if column.differences]
    if not whole:
        return []
    labels = [item.metric.label for item in whole[0].differences]
    return [
        (label, [column.differences[at] if column.differences else None for column in columns])
        for at, label in enumerate(labels)
    ]


urlpatterns = [path("compare/", compare, name="compare")]
