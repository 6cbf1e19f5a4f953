"""Searches of a plan's cheapest topology: what is asked, as an address and as a document, and the work beside pages."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from planner.inquiries import Stopped, Tell
from planner.models import Inquiry
from topology import document, revisions, sweeps
from topology.capacity import (
    Forecast,
    Glimpse,
    Objective,
    cheapest,
    cheapest_document,
    crowd_of,
    forecast,
    many_worlds,
)
from topology.design import Design
from topology.errors import TierwrightError
from topology.hardware import BUILT_IN, BUILT_IN_CURRENCY, OFFERS, ServerType
from topology.models import Sweep
from topology.stages import evolve
from topology.workload import Workload

CANDIDATES, WORLDS = 10_000, 256
"""Of a confirmation."""
FAR = 6
"""Times the winner's price beyond which the crowd is not shown."""
LOOK_SECONDS = 0.5
BUILT_IN_CHOICE, OWN_CHOICE = "built-in", "own"


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What somebody wants held, and the servers to choose from."""

    p95_ms: float
    availability: float
    headroom: float
    refused: float
    budget: float | None
    types: str
    """A choice of `choices_of`."""

    def asked(self, design: Design) -> dict[str, Any]:
        """Everything that the answer hangs on beside the design, as plain data."""
        types, currency = types_of(design, self.types)
        listed = json.dumps({name: document.to_data(kind) for name, kind in types.items()}, sort_keys=True)
        prices = hashlib.sha256(listed.encode()).hexdigest()[:16]
        return {**asdict(self), "currency": currency, "prices": prices}

    def objective(self, currency: str) -> Objective:
        """The same for the search; raises TierwrightError where that cannot be asked."""
        return Objective(
            p95_ms=self.p95_ms,
            availability=self.availability,
            headroom=self.headroom,
            budget=self.budget,
            refused=self.refused,
            currency=currency,
        )

    def relaxed(self, change: Mapping[str, Any]) -> Sought | None:
        """The same with less asked, as an answer's `relax` says; None where it is the load that must be less."""
        less = {item["constraint"]: item["to"] for item in (change, *change["also"])}
        return sought_of(asdict(self) | less) if less.keys() <= Sought.__dataclass_fields__.keys() else None

    @property
    def query(self) -> dict[str, str]:
        """The same as the query of an address."""
        query = {
            "p95": _written(self.p95_ms),
            "availability": _written(self.availability * 100),
            "headroom": _written(self.headroom * 100),
            "refused": _written(self.refused * 100),
            "types": self.types,
        }
        return query if self.budget is None else {**query, "budget": _written(self.budget)}


def sought_of(asked: Mapping[str, Any]) -> Sought:
    """What `Sought.asked` wrote."""
    return Sought(**{name: asked[name] for name in Sought.__dataclass_fields__})


def choices_of(design: Design) -> list[tuple[str, str]]:
    """The server types that may be chosen from: a name and words for each."""
    choices = [(BUILT_IN_CHOICE, f"Built-in: {len(BUILT_IN)} types, prices in {BUILT_IN_CURRENCY}")]
    if design.server_types:
        choices.append((OWN_CHOICE, f"The plan's own: {len(design.server_types)}, prices in {design.currency}"))
    for provider, currency in _providers():
        number = len(_offered(provider))
        choices.append((provider, f"{provider}: {number} types of today, prices in {currency}"))
    return choices


def usual_choice(design: Design) -> str:
    """The types that a plan's servers are of."""
    used = {host.type_name for host in design.hosts}
    if design.server_types and used <= set(design.server_types):
        return OWN_CHOICE
    return next((name for name, _ in _providers() if used <= set(_offered(name))), BUILT_IN_CHOICE)


def types_of(design: Design, choice: str) -> tuple[Mapping[str, ServerType], str]:
    """The types of a choice, and the currency of their prices; raises TierwrightError for what is no choice."""
    if choice == BUILT_IN_CHOICE:
        return BUILT_IN, BUILT_IN_CURRENCY
    if choice == OWN_CHOICE and design.server_types:
        return design.server_types, design.currency
    for provider, currency in _providers():
        if provider == choice:
            return _offered(provider), currency
    raise TierwrightError("there are no such server types to choose from")


def find_cheapest(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
    """Search, and put the plan as it stands and the crowd beside what was found."""
    tell("laying out the five stages of this plan", None)
    layouts = _layouts(inquiry)
    objective, types = layouts.objective, layouts.types
    found = cheapest(
        layouts.designs,
        layouts.workload,
        objective,
        types=types,
        names=layouts.names,
        progress=lambda says: tell(says, None),
    )
    tell("drawing what was weighed", None)
    now = _figures(layouts.now, objective.currency)
    costs = [item.forecast.cost_month.amount or 0 for item in found.front] + [now["cost"] or 0]
    far = FAR * max(costs) if found.front else float("inf")
    crowd = crowd_of(layouts.designs, layouts.workload, objective, types=types, names=layouts.names, dearest=far)
    answer = cheapest_document(found)
    for item in (*([answer["winner"]] if answer["winner"] else []), *answer["front"], *answer["losers"]):
        item["plan"] = _tidy(item["plan"], layouts.currency_before)
    return {
        **answer,
        "losers": [
            {**item, "figures": _figures(loser.design, objective.currency)}
            for item, loser in zip(answer["losers"], found.losers, strict=True)
        ],
        "now": now,
        "crowd": [_dot(item) for item in crowd],
        "titles": layouts.titles,
        "peak": float(layouts.workload.peak.mid),
        "currency": objective.currency,
        "types": len(types),
        "left_out": layouts.left_out,
        "plans": _plans(answer),
    }


def confirm(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
    """Weigh many candidates in many worlds: a sweep, which this process waits for, and works on where it may."""
    tell("making the candidates ready", 0.0)
    layouts = _layouts(inquiry)
    question = many_worlds(
        layouts.designs,
        layouts.workload,
        layouts.objective,
        types=layouts.types,
        names=layouts.names,
        worlds=WORLDS,
        most=CANDIDATES,
    )
    tell("handing the candidates out", 0.0)
    sweep = _sweep_of(inquiry) or sweeps.begin(question, label=f"the cheapest for {inquiry.revision.plan.slug}")
    if sweep.state in (Sweep.State.CANCELLED, Sweep.State.FAILED):
        sweeps.resume(sweep)
    Inquiry.objects.filter(pk=inquiry.pk).update(sweep=sweep)
    _wait(sweep, tell)
    answer = sweeps.result(sweep)
    if answer is None:
        raise TierwrightError("the sweep ended without an answer")
    named = {"surest": answer["winner"] or answer["ranking"][0], "regret": answer["least_regret"]}
    plans = {
        key: _tidy(document.to_data(sweeps.candidate(sweep, item["candidate"])), layouts.currency_before)
        for key, item in named.items()
        if item is not None
    }
    return {**answer, "titles": layouts.titles, "plans": plans}


@dataclass(frozen=True, kw_only=True)
class _Layouts:
    """What a search starts from."""

    now: Design
    designs: Sequence[Design]
    names: Sequence[str]
    titles: Mapping[str, str]
    workload: Workload
    objective: Objective
    types: Mapping[str, ServerType]
    currency_before: str
    left_out: str
    """Why only the plan's own layout is searched; empty where all stages are."""


def _layouts(inquiry: Inquiry) -> _Layouts:
    now = revisions.design_of(inquiry.revision)
    if not isinstance(now.workload, Workload):
        raise TierwrightError("this plan does not say what is asked of the site")
    sought = sought_of(inquiry.asked)
    types, currency = types_of(now, sought.types)
    try:
        found = [(view.name, view.stage.title, view.design) for view in evolve(now).views]
        left_out = ""
    except TierwrightError as error:
        found, left_out = [(now.name, "This plan's layout", now)], str(error)
    return _Layouts(
        now=now,
        designs=[design for _, _, design in found],
        names=[name for name, _, _ in found],
        titles={name: title for name, title, _ in found},
        workload=now.workload,
        objective=sought.objective(currency),
        types=types,
        currency_before=now.currency,
        left_out=left_out,
    )


def _figures(design: Design, currency: str) -> dict[str, Any]:
    """Where a design lies in the picture; None for what it has not, a price in another currency among them."""
    try:
        found: Forecast = forecast(design)
    except TierwrightError:
        return {"cost": None, "p95_ms": None, "availability": None, "servers": len(design.hosts)}
    p95, cost = found.latency_ms.get("p95"), found.cost_month
    return {
        "cost": cost.amount if cost.currency == currency else None,
        "p95_ms": None if p95 is None else p95.value,
        "availability": found.availability.value,
        "servers": len(design.hosts),
    }


def _plans(answer: Mapping[str, Any]) -> dict[str, Any]:
    """By the key under which a page offers it."""
    plans = {str(number): item["plan"] for number, item in enumerate(answer["front"], start=1)}
    return plans if answer["winner"] is None else {**plans, "winner": answer["winner"]["plan"]}


def _dot(item: Glimpse) -> list[float | bool]:
    return [round(item.cost, 2), float(f"{item.p95_ms:.4g}"), item.availability, item.holds]


def _tidy(plan: dict[str, Any], before: str) -> dict[str, Any]:
    """A plan without the server types that it uses no more, where their prices were in another currency."""
    if plan.get("currency", BUILT_IN_CURRENCY) == before or "server_types" not in plan:
        return plan
    text = json.dumps(plan["tiers"])
    kept = {name: kind for name, kind in plan["server_types"].items() if f'"type": "{name}"' in text}
    return {**plan, "server_types": kept}


def _sweep_of(inquiry: Inquiry) -> Sweep | None:
    """The sweep that was begun for the same before, and not finished."""
    inquiry.refresh_from_db(fields=("sweep",))
    return inquiry.sweep


def _wait(sweep: Sweep, tell: Tell) -> None:
    while not (found := sweeps.progress(sweep)).ended:
        waits = found.queued and not found.running and not found.done and not sweeps.works_here()
        says = "waiting for a worker" if waits else f"{found.done} of {found.total} shards are done"
        tell(says, found.share)
        time.sleep(LOOK_SECONDS)
    if found.state == Sweep.State.CANCELLED:
        raise Stopped
    if found.state == Sweep.State.FAILED:
        raise TierwrightError(found.why)


def _providers() -> list[tuple[str, str]]:
    """Providers of today whose offers are priced, with the currency."""
    return list(dict.fromkeys((item.provider, item.currency) for item in OFFERS if item.year is None and item.currency))


def _offered(provider: str) -> dict[str, ServerType]:
    return {item.name: item.type for item in OFFERS if item.provider == provider and item.year is None}


def _written(value: float) -> str:
    return f"{value:.10g}"
