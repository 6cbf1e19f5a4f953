"""What if: a plan's forecast under other traffic, costs and servers, beside the plan as it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from planner.charts import ResponseChart, promised_share, response_charts
from planner.drawings import Drawn, drawn
from planner.figures import count, percent
from planner.groups import ServerGroup, groups_of, services_of
from planner.http import HtmxRequest, page
from planner.inputs import row_of
from planner.keeping import Kept
from planner.metrics import Difference, differences
from planner.outlooks import Beyond, beyond_of
from planner.plans import plan_for
from planner.saving import save
from planner.varying import PAGE_COST, TRAFFIC, Asked, knobs_of, own_cached_share, query_of, read, words_of
from topology import revisions
from topology.capacity import (
    Curve,
    Forecast,
    SinglePoint,
    Variation,
    deprived,
    inputs_of,
    rearranged,
    survey_varied,
    varied,
)
from topology.design import Design, TierwrightError
from topology.diagrams import draw
from topology.diff import compare
from topology.models import Revision
from topology.value import estimate
from topology.workload import Workload

Surveyed = tuple[Forecast, Curve | None]
MANY = 60
"""Servers beyond which only one of each kind is offered to die."""
_BEYOND: Kept[str, Beyond] = Kept(most=32)
BEYOND = "beyond"
"""The part of what lies beyond the peak, and the word of an address that asks for it at once."""
AS_IT_IS = Asked(variation=Variation(), without=None, query="")
_KEPT: Kept[str, Surveyed] = Kept(most=32)
_CURVES: Kept[str, list[Curve]] = Kept(most=64)
"""The one curve of what is asked, whatever the traffic; none before it is known."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a plan would carry as asked, beside what it carries."""

    forecast: Forecast
    differences: tuple[Difference, ...]
    curve: Curve | None
    charts: tuple[ResponseChart, ...]
    later: float | None
    """The peak in a year; None where no growth is given."""
    groups: tuple[ServerGroup, ...]

    @property
    def brief(self) -> str:
        """The answer in a sentence, for those who hear it or see a small screen."""
        capacity, p95, _, free, *_ = (item.metric for item in self.differences)
        if capacity.value is None:
            return "No capacity is claimed."
        within = "" if p95.value is None else f", 95 % within {p95.text} {p95.unit}"
        return f"Carries {capacity.text} requests a second{within}, {free.text} % free at the peak."

    @property
    def too_many(self) -> float:
        """Requests a second beyond what can be answered; 0 where all can be, or where nothing is claimed."""
        capacity = self.forecast.capacity_rps.value
        return max(self.forecast.offered_rps - capacity, 0.0) if capacity > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class Lost:
    """What is lost with the server that is gone."""

    name: str
    point: SinglePoint | None
    """What stops; None where its peers carry on."""
    carried: str = ""
    """What its peers carry then, as a sentence."""

    @property
    def stops(self) -> bool:
        """Whether some requests are no longer answered: figures of what is left would then mislead."""
        return self.point is not None and bool(self.point.kinds)

    @property
    def brief(self) -> str:
        """What is lost, in a sentence."""
        return f"Without {self.name}: {self.point.stops}" if self.point else f"Without {self.name} nothing stops."


@require_safe
def forecast(request: HtmxRequest, plan: str) -> HttpResponse:
    """The knobs and what follows from them; htmx asks for the answer, or for the drawing, alone."""
    found = plan_for(request, plan)
    head = revisions.get(found)
    design = revisions.design_of(head)
    asked = read(request.GET, design)
    context: dict[str, Any] = {"plan": found, "revision": head, "asked": asked}
    try:
        base, _ = _surveyed(head, design, AS_IT_IS)
    except TierwrightError as error:
        context |= {"trouble": str(error), "has_workload": isinstance(design.workload, Workload)}
        return page(request, "planner/forecast.html", context)
    context |= {
        "base": base,
        "knobs": knobs_of(design, asked.variation),
        "own_cached": own_cached_share(design),
        "traffic_ends": TRAFFIC,
        "cost_ends": PAGE_COST,
        "limit": promised_share(design),
        "has_cache": any("cache" in services_of(tier) for tier in design.tiers),
        "promise": design.promise,
        "drawing": lambda: _drawing(design, _numbers(head, design, asked), asked),
        "inputs": lambda: [row_of(item) for item in inputs_of(design)],
        "servers": lambda: _servers(design, base, asked),
        **_answer(head, design, base, asked),
    }
    if _wants_beyond(request):
        context |= _beyond(head, design, asked.alive)
    response = page(request, "planner/forecast.html", context, parts=("answer", "drawing", BEYOND))
    if request.htmx and request.htmx.target == "answer":
        address = reverse("forecast", args=[plan])
        response["HX-Replace-Url"] = f"{address}?{asked.query}" if asked.query else address
    return response


@require_POST
def keep(request: HtmxRequest, plan: str) -> HttpResponse:
    """Make the servers that were asked for the plan's next revision."""
    found = plan_for(request, plan)
    design = revisions.load(found)
    asked = read(QueryDict(request.POST.get("asked", "")[:10_000]), design)
    changed = rearranged(design, asked.variation)
    message = "; ".join(compare(design, changed).lines())[:300] or "Nothing was changed"
    parent = request.POST.get("parent")
    return save(request, found, changed, parent_digest=parent, message=message, onward=reverse("forecast", args=[plan]))


def _answer(head: Revision, design: Design, base: Forecast, asked: Asked) -> dict[str, Any]:
    """What follows from what is asked, or why nothing does."""
    said = words_of(asked, design)
    try:
        lost = _lost(head, design, asked)
        if lost is not None and lost.stops:
            return {"said": said, "lost": lost, "brief": lost.brief}
        outcome = _outcome(head, design, base, asked)
    except TierwrightError as error:
        return {"said": said, "refused": str(error), "brief": str(error)}
    return {"said": said, "lost": lost, "outcome": outcome, "brief": outcome.brief}


def _outcome(head: Revision, design: Design, base: Forecast, asked: Asked) -> Outcome:
    found, curve = _surveyed(head, design, asked)
    changed = varied(design, asked.variation)
    workload = changed.workload
    assert isinstance(workload, Workload)
    growth = workload.growth_per_year
    later = None if growth is None else found.offered_rps * (1 + estimate(growth).mid)
    promise = design.promise.p95_ms if design.promise else None
    return Outcome(
        forecast=found,
        differences=differences(found, base),
        curve=curve,
        charts=response_charts(curve, today=found.offered_rps, later=later, promise_ms=promise) if curve else (),
        later=later,
        groups=groups_of(found, changed),
    )


def _beyond(head: Revision, design: Design, asked: Asked) -> dict[str, Any]:
    """What lies beyond the peak, or why nothing can be said of it."""
    today = timezone.localdate()

    def ask() -> Beyond:
        found, _ = _surveyed(head, design, asked)
        return beyond_of(design, asked.variation, found, today=today)

    said = {"beyond_said": words_of(asked, design), "grows": _grows(design), "replays": _replays(design)}
    try:
        return said | {"beyond": _BEYOND.get(f"{head.digest}?{asked.query}@{today}", ask)}
    except TierwrightError as error:
        return said | {"beyond_refused": str(error)}


def _grows(design: Design) -> bool:
    """Whether the workload says how fast traffic grows, be it not at all."""
    return isinstance(design.workload, Workload) and design.workload.growth_per_year is not None


def _replays(design: Design) -> list[tuple[str, str]]:
    """What of a plan can be replayed: a name and words for each."""
    offered = {service for tier in design.tiers for service in services_of(tier)}
    known = [("deploy", "a deploy", "app" in offered), ("failover", "a failover of the database", "sql" in offered)]
    known.append(("cold_cache", "a cold cache", own_cached_share(design) > 0))
    return [(name, words) for name, words, is_there in known if is_there]


def _wants_beyond(request: HtmxRequest) -> bool:
    """It takes ten times as long as the answer, so it comes when somebody gets there, or asks without scripts."""
    return request.htmx.target == BEYOND if request.htmx else BEYOND in request.GET


def _lost(head: Revision, design: Design, asked: Asked) -> Lost | None:
    if asked.without is None:
        return None
    whole, _ = _surveyed(head, design, asked.alive)
    point = next((point for point in whole.single_points if point.name == asked.without), None)
    lost = Lost(name=asked.without, point=point)
    if lost.stops:
        return lost
    left, _ = _surveyed(head, design, asked)
    return replace(lost, carried=_carried(asked.without, whole, left))


def _carried(name: str, whole: Forecast, left: Forecast) -> str:
    """How busy the others of its tier are without it, where they take over anything."""
    gone = next((host for host in whole.hosts if host.name == name), None)
    tiers = {tier.name: tier for tier in left.tiers}
    if gone is None or gone.tier not in tiers:
        return ""
    before, after = gone.utilisation.get("cpu"), tiers[gone.tier].utilisation.get("cpu")
    if before is None or after is None:
        return ""
    others = tiers[gone.tier].servers
    who = "The other one then uses" if others == 1 else f"The other {count(others)} then use"
    return f"{who} {percent(after.value)} % of the CPU, where {name} used {percent(before.value)} %."


def _surveyed(head: Revision, design: Design, asked: Asked) -> Surveyed:
    """The last answers are kept: a slider goes back and forth, and a drawing asks for the same again."""
    return _KEPT.get(f"{head.digest}?{asked.query}", lambda: _survey(head, design, asked))


def _survey(head: Revision, design: Design, asked: Asked) -> Surveyed:
    """The curve does not depend on traffic: that of the same servers at other traffic is taken where it holds."""
    kept = _CURVES.get(f"{head.digest}?{asked.still}", list)
    found, curve = survey_varied(
        design, asked.variation, without=asked.without, known=kept[0] if kept else None
    )  # fmt: skip
    kept[:] = [curve] if curve is not None else []
    return found, curve


def _numbers(head: Revision, design: Design, asked: Asked) -> Forecast | None:
    """The forecast that the drawing shows: that of the plan, without the server that is gone."""
    gone = Asked(variation=Variation(), without=asked.without, query=query_of(Variation(), asked.without))
    try:
        return _surveyed(head, design, gone)[0]
    except TierwrightError:
        return None


def _servers(design: Design, base: Forecast, asked: Asked) -> list[str]:
    """The servers that may be chosen to die: every one, or where there are many, one of each kind."""
    names = [host.name for host in base.hosts]
    if len(names) > MANY:
        names = [group.names[0] for group in groups_of(base, design)]
    return names if asked.without in (None, *names) else [*names, str(asked.without)]


def _drawing(design: Design, numbers: Forecast | None, asked: Asked) -> Drawn:
    """The plan as it stands, every server a link to the forecast without it; a server that is gone is dashed."""

    def link(kind: str, name: str) -> str | None:
        return f"?without={name}" if kind == "server" else None

    gone = asked.without
    after = None if gone is None else deprived(design, gone)
    picture = draw(design, after, forecast=numbers, link=link)
    found = drawn(picture)
    # The drawing is kept whatever else is asked, so what else is asked is added to its links here.
    also = escape(f"?{asked.alive.query}&") if asked.alive.query else "?"
    return replace(found, svg=found.svg.replace('href="?', f'href="{also}'))


urlpatterns = [
    path("plans/<slug:plan>/forecast/", forecast, name="forecast"),
    path("plans/<slug:plan>/forecast/keep/", keep, name="keep_forecast"),
]
