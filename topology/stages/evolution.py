"""The five stages of a site side by side: their designs, forecasts and steps, and the advice that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from topology.capacity import Forecast, Lesson, forecast, lessons_of
from topology.design import Design, Networks, Promise, ServerCount, Site, Stack, Tier
from topology.diff import Diff, compare
from topology.errors import Place, TierwrightError
from topology.hardware import BUILT_IN_CURRENCY, ServerType
from topology.stages.advice import AHEAD_YEARS, RESIZE, STAY, Advice, Option, Question, advise, growth_factor
from topology.stages.base import AtHand, Choices, Comparison
from topology.stages.effects import Effect, effects_of
from topology.stages.family import AnyStage, every_stage, stage_named
from topology.stages.layout import gather, hosts_for
from topology.stages.procedure import steps_of
from topology.stages.reasons import Lasting, lasting, why_not, why_now
from topology.stages.sizing import promised_headroom, resized, seen_on, verdict, workload_of
from topology.stages.steps import Step, Transition, transition
from topology.stages.teaching import LESSONS, speaks_against, speaks_for
from topology.workload import Workload

UNNAMED = Site(name="site", domains=("www.example.com",))
"""The site of a workload that comes without a plan."""
NO_CHOICES: Mapping[str, Choices] = {}


@dataclass(frozen=True)
class StageView:
    """One stage of a site, beside the one that it is built on."""

    stage: AnyStage
    design: Design
    forecast: Forecast
    reached: bool
    """The plan has this shape already."""
    before: StageView | None
    """The stage that it is built on; None for the first."""

    @property
    def name(self) -> str:
        """Name of the stage."""
        return self.stage.name

    @cached_property
    def comparison(self) -> Comparison | None:
        """The two forecasts, for those who weigh them."""
        workload = workload_of(self.design)
        if self.before is None or workload is None:
            return None
        return Comparison(workload=workload, before=self.before.forecast, after=self.forecast, headroom=self.headroom)

    @property
    def headroom(self) -> float:
        """Share of capacity that is to be kept free at the peak."""
        return promised_headroom(self.design.promise)

    @cached_property
    def diff(self) -> Diff | None:
        """What changes from the stage before; None for the first."""
        return None if self.before is None else compare(self.before.design, self.design)

    @cached_property
    def change(self) -> Transition:
        """The change from the stage before; for the first, its installation."""
        return transition(None if self.before is None else self.before.design, self.design)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of that change, in order."""
        return steps_of(self.change)

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """What that change does to the servers that run already."""
        return effects_of(self.change)

    @cached_property
    def why_now(self) -> str:
        """What speaks for it, from the forecasts."""
        if self.comparison is None:
            return "Every site begins with this: one server is the least to pay and to watch."
        return why_now(self.comparison, (*self.stage.speaks_for(self.comparison), *speaks_for(self.lessons)))

    @cached_property
    def why_not(self) -> str:
        """What speaks against it, from the forecasts."""
        if self.comparison is None:
            lacks = verdict(self.forecast, self.design.promise).says
            return f"{lacks[0].upper()}{lacks[1:]}." if lacks else "Nothing, as long as it carries the peak."
        return why_not(self.comparison, (*self.stage.speaks_against(self.comparison), *speaks_against(self.lessons)))

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """What the chapter says at this stage, and what of it holds for this design; the stage's own reason first."""
        names = LESSONS.get(self.name, ())
        found = {each.name: each for each in lessons_of(self.design, names=names)} if names else {}
        return tuple(found[name] for name in names)

    @cached_property
    def lacks(self) -> str:
        """What of the promise it does not hold, at today's peak; empty where it holds it all."""
        return verdict(self.forecast, self.design.promise).says

    @property
    def cost_change(self) -> float | None:
        """What it costs a month beyond the stage before; None where a price is not known, or for the first."""
        amounts = [v.forecast.cost_month.amount if v else None for v in (self.before, self)]
        before, after = amounts
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Stages:
    """All stages of a site, where it is now, and what to do."""

    views: tuple[StageView, ...]
    """In the suggested order of the stages."""
    current: StageView
    """The stage that the plan has; for a workload alone, the single server."""
    advice: Advice
    doing_nothing: Lasting
    resize: Option | None
    """The same layout on larger servers; None where there are none."""
    notes: tuple[str, ...] = field(default=())

    def view(self, name: str) -> StageView:
        """The stage of that name; KeyError when there is none."""
        for view in self.views:
            if view.name == name:
                return view
        raise KeyError(name)

    @property
    def way(self) -> tuple[StageView, ...]:
        """The stages from the one that is there to the recommended one, which is the last; empty where none is."""
        found: list[StageView] = []
        view = next((item for item in self.views if item.name == self.recommended), None)
        if view is not None and self.advice.option is not None and view.design != self.advice.option.design:
            return (view,)
        while view is not None and not view.reached:
            found.append(view)
            view = view.before
        return tuple(reversed(found))

    @property
    def recommended(self) -> str | None:
        """stay, resize, the name of a stage, or None where the answer would rest on guesses."""
        return self.advice.recommended

    @property
    def why(self) -> str:
        """Why, in a few sentences."""
        return self.advice.why


def first(
    site: Site,
    workload: Workload,
    *,
    choices: Choices | None = None,
    promise: Promise | None = None,
    server_types: Mapping[str, ServerType] | None = None,
    currency: str = BUILT_IN_CURRENCY,
    network: Networks | None = None,
    name: str | None = None,
    stack: Stack | None = None,
) -> Design:
    """The first design of a site: a single server, under this workload."""
    given = {
        "stack": stack,
        "promise": promise,
        "server_types": server_types,
        "network": network,
        "currency": None if currency == BUILT_IN_CURRENCY else currency,
    }
    written = {key: value for key, value in given.items() if value is not None}
    type_name = next(iter(server_types or ()), "small")
    design = Design(
        tierwright=1,
        name=name or site.name,
        sites=(site,),
        workload=workload,
        tiers=(Tier(name="web", servers=ServerCount(count=1, type=type_name), roles=()),),
    ).model_copy(update=written)
    return stage_named("single").advance(design, choices=choices)


def evolve(
    subject: Workload | Design,
    *,
    workload: Workload | None = None,
    choices: Mapping[str, Choices] = NO_CHOICES,
    stack: Stack | None = None,
) -> Stages:
    """The five stages of a plan, or of a workload alone, with the advice.

    A plan is taken as the stage whose shape it has; the stages before it are built from its own servers, those
    after it from it. `workload` takes the place of the plan's own. `choices` holds a stage's choices by its name;
    `stack` the programs of a workload alone.
    Raises TierwrightError where there is no workload, or no server that runs the application.
    """
    if isinstance(subject, Workload):
        subject = first(UNNAMED, subject, choices=choices.get("single"), stack=stack)
    elif workload is not None:
        subject = subject.model_copy(update={"workload": workload})
    views = tuple(_views(subject, choices))
    reached = [view for view in views if view.reached]
    current = reached[-1]
    asked = workload_of(subject)
    assert asked is not None
    bigger = _resize(current, asked)
    question = _question(current, views, bigger, asked)
    return Stages(
        views=tuple(sorted(views, key=lambda view: view.stage.order)),
        current=current,
        advice=advise(question),
        doing_nothing=lasting(current.forecast, headroom=current.headroom, growth_per_year=asked.yearly_growth),
        resize=bigger,
        notes=_notes(current),
    )


def _views(design: Design, choices: Mapping[str, Choices]) -> Iterator[StageView]:
    """The stages that the plan has reached first, then the others, each built on the one before."""
    if workload_of(design) is None:
        raise TierwrightError("the stages need a workload; write one in the plan", place=Place(path="workload"))
    at_hand = gather(design)
    reached = [stage for stage in every_stage() if stage.reached(design)]
    if not reached:
        raise TierwrightError(
            "no server of this plan runs an application server, so it has no stage; give one the role gunicorn",
            place=Place(path="tiers"),
        )
    before: StageView | None = None
    for stage in (*reached, *(stage for stage in every_stage() if stage not in reached)):
        built = design if stage is reached[-1] else _built(stage, before, design, choices, at_hand)
        before = StageView(stage=stage, design=built, forecast=forecast(built), reached=stage in reached, before=before)
        yield before


def _built(
    stage: AnyStage, before: StageView | None, design: Design, choices: Mapping[str, Choices], at_hand: AtHand
) -> Design:
    base = design if before is None else before.design
    return stage.advance(base, choices=choices.get(stage.name), at_hand=at_hand)


def _question(current: StageView, views: tuple[StageView, ...], bigger: Option | None, asked: Workload) -> Question:
    ahead = [_option(view.name, view.stage.title, view.design) for view in views if not view.reached]
    return Question(
        workload=asked,
        promise=current.design.promise,
        stay=Option(name=STAY, title="what is there", design=current.design, forecast=current.forecast),
        ways=(*((bigger,) if bigger else ()), *ahead),
        media_alone=_alone("media_server", current),
        split_alone=_alone("split_database", current),
    )


def _alone(name: str, current: StageView) -> Option | None:
    """A stage as the very next step, whatever the suggested order."""
    stage = stage_named(name)
    if stage.reached(current.design) or stage.why_not_yet(current.design):
        return None
    return _option(name, stage.title, stage.advance(current.design))


def _option(name: str, title: str, design: Design) -> Option:
    return Option(name=name, title=title, design=design, forecast=forecast(design))


def _resize(current: StageView, asked: Workload) -> Option | None:
    """The first larger layout that keeps the promise, else the largest."""
    settled, factor = seen_on(asked, current.design), growth_factor(asked, AHEAD_YEARS)
    option = None
    for design in resized(current.design, settled):
        changed = {h.name: h.type_name for h in design.hosts if h.type_name != _type_of(current.design, h.name)}
        title = "the same layout with " + ", ".join(f"{name} on {kind}" for name, kind in changed.items())
        option = Option(name=RESIZE, title=title, design=design, forecast=forecast(design, settled))
        if verdict(option.forecast, design.promise, factor=factor).holds:
            break
    return option


def _type_of(design: Design, host: str) -> str:
    return next(item.type_name for item in design.hosts if item.name == host)


def _notes(current: StageView) -> tuple[str, ...]:
    seen = workload_of(current.design)
    if seen and seen.observed and seen.observed.server_type is None and seen.observed.cores is None:
        name = hosts_for(current.design, "web")[0].type_name
        return (f"The observed server was taken for a {name}; name its type or cores, or prices compare with another.",)
    return ()
