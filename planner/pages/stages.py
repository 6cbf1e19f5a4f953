"""The five stages of a plan side by side, under any multiple of its traffic, and one stage in full."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from planner.charts import LineChart, line_chart, promised_share
from planner.drawings import Drawn, drawn
from planner.http import HtmxRequest, page
from planner.keeping import Kept
from planner.people import current
from planner.plans import plan_for
from planner.review import policies
from planner.saving import save
from planner.sketches import Row, sketch_of
from topology import revisions
from topology.capacity import Forecast, Lesson, forecast
from topology.design import Design, TierwrightError
from topology.diagrams import draw
from topology.models import Plan, Revision
from topology.runbook import of_stage
from topology.stages import Stages, StageView, evolve
from topology.workload import Workload

MOST_TRAFFIC = 20
_KEPT: Kept[str, Stages] = Kept(most=32)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A stage at the traffic that the slider says."""

    view: StageView
    forecast: Forecast
    rows: tuple[Row, ...]
    limit: float | None
    """The share that the promise allows."""
    share: float
    """The peak over the capacity; 2 where no capacity is claimed."""
    is_current: bool
    is_advised: bool


@dataclass(frozen=True, kw_only=True)
class Taught:
    """A lesson of the chapter with its chart."""

    lesson: Lesson
    chart: LineChart | None

    @property
    def word(self) -> str:
        """The colour of its status."""
        return {"holds": "good", "partly": "warn"}.get(self.lesson.status, "plain")


@require_safe
def stages(request: HtmxRequest, plan: str) -> HttpResponse:
    """Five cards and the advice; the slider moves them all."""
    found = plan_for(request, plan)
    head = revisions.get(found)
    traffic = _traffic(request.GET.get("traffic", ""))
    design = revisions.design_of(head)
    context = {"plan": found, "revision": head, "traffic": traffic, "most": MOST_TRAFFIC}
    try:
        whole = _stages_of(head)
    except TierwrightError as error:
        context |= {"trouble": str(error), "has_workload": isinstance(design.workload, Workload)}
        return page(request, "planner/stages.html", context)
    cards = [_card(whole, view, traffic) for view in whole.views]
    context |= {"stages": whole, "cards": cards, "peak": _peak(design) * traffic}
    return page(request, "planner/stages.html", context, parts=("cards",))


@require_safe
def stage(request: HtmxRequest, plan: str, name: str) -> HttpResponse:
    """One stage: why now and why not, the change drawn, what it carries, and every step there."""
    found, head, whole, view = _find(request, plan, name)
    before = view.before
    context = {
        "plan": found,
        "revision": head,
        "view": view,
        "is_current": view is whole.current,
        "is_advised": view.name == whole.recommended,
        "drawing": drawn(draw(view.design, forecast=view.forecast)),
        "change": _change(view),
        "before": before,
        "limit": promised_share(view.design),
        "taught": [Taught(lesson=each, chart=line_chart(each.points, is_wide=each.is_wide)) for each in view.lessons],
        "runbook": of_stage(view),
        "why_not_save": policies.why_not_record(current(request), found),
        "why_not_propose": policies.why_not_propose(current(request), found),
    }
    return page(request, "planner/stage.html", context)


@require_POST
def take(request: HtmxRequest, plan: str, name: str) -> HttpResponse:
    """Make the stage's design the plan's next revision."""
    found, _, _, view = _find(request, plan, name)
    return _save(request, found, view.design, f"Go to the stage: {view.stage.title.lower()}")


@require_POST
def take_resize(request: HtmxRequest, plan: str) -> HttpResponse:
    """Make the same layout on larger servers the plan's next revision."""
    found = plan_for(request, plan)
    whole = _stages_of(revisions.get(found))
    if whole.resize is None:
        raise TierwrightError("there is no larger server type to move to; add one to the plan's server types")
    return _save(request, found, whole.resize.design, f"Resize: {whole.resize.title}")


def _save(request: HtmxRequest, plan: Plan, design: Design, message: str) -> HttpResponse:
    parent = request.POST.get("parent")
    return save(
        request, plan, design, parent_digest=parent, message=message, onward=reverse("editor", args=[plan.slug])
    )


def _find(request: HtmxRequest, plan: str, name: str) -> tuple[Plan, Revision, Stages, StageView]:
    found = plan_for(request, plan)
    head = revisions.get(found)
    whole = _stages_of(head)
    try:
        return found, head, whole, whole.view(name)
    except KeyError:
        raise Http404(f"there is no stage {name}; there are {', '.join(v.name for v in whole.views)}") from None


def _change(view: StageView) -> Drawn | None:
    if view.before is None:
        return None
    return drawn(draw(view.before.design, view.design, forecast=view.forecast))


def _card(whole: Stages, view: StageView, traffic: float) -> Card:
    numbers = _at(view.design, view.forecast, traffic)
    capacity = numbers.capacity_rps.value
    share = numbers.offered_rps / capacity if capacity > 0 else 2.0
    return Card(
        view=view,
        forecast=numbers,
        rows=sketch_of(view.design),
        limit=promised_share(view.design),
        share=share,
        is_current=view is whole.current,
        is_advised=view.name == whole.recommended,
    )


def _stages_of(revision: Revision) -> Stages:
    """The five stages of a revision; the slider asks again and again, so the last ones are kept."""
    return _KEPT.get(revision.digest, lambda: evolve(revisions.design_of(revision)))


def _at(design: Design, now: Forecast, traffic: float) -> Forecast:
    """The forecast of the same servers at a multiple of the traffic."""
    if traffic == 1 or not isinstance(design.workload, Workload):
        return now
    return forecast(design, design.workload.at(traffic))


def _peak(design: Design) -> float:
    return float(design.workload.peak.mid) if isinstance(design.workload, Workload) else 0.0


def _traffic(text: str) -> float:
    """A multiple of today's traffic from 1 to 20; anything else is today's."""
    try:
        value = float(text)
    except ValueError:
        return 1.0
    return min(max(value, 1.0), float(MOST_TRAFFIC)) if value == value else 1.0


urlpatterns = [
    path("plans/<slug:plan>/stages/", stages, name="stages"),
    path("plans/<slug:plan>/stages/resize/take/", take_resize, name="take_resize"),
    path("plans/<slug:plan>/stages/<slug:name>/", stage, name="stage"),
    path("plans/<slug:plan>/stages/<slug:name>/take/", take, name="take_stage"),
]
