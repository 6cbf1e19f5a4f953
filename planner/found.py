"""What a search found, as its page and the comparison show it: topologies, their picture, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.charts import DOWN, HOURS_A_YEAR, RESPONSE, Rank, Spot, TradeOff, trade_offs
from planner.drawings import Drawn, drawn
from planner.groups import hues_of
from planner.keeping import Kept
from planner.metrics import Difference, differences
from planner.models import Inquiry
from planner.sketches import Row, sketch_of
from topology import document
from topology.capacity import Forecast, digits, forecast
from topology.components import catalogue
from topology.design import Design, TierwrightError
from topology.diagrams import draw
from topology.diff import compare

CONSTRAINTS: Mapping[str, str] = {
    "p95_ms": "95 % in time", "availability": "Available", "headroom": "Free at the peak", "refused": "One server dead"
}  # fmt: skip
MOST_INFLUENCES = 8
_KEPT: Kept[str, Forecast] = Kept(most=64)


@dataclass(frozen=True, kw_only=True)
class TierRow:
    """What a tier of a topology is."""

    name: str
    hue: int
    count: int
    types: str
    roles: str
    settings: str
    """What the search chose besides, such as gunicorn workers 8; empty where nothing."""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """One that holds the promise."""

    key: str
    title: str
    design: Design
    rows: tuple[Row, ...]
    cost: float
    p95_ms: float
    availability: float
    headroom: float
    refused: float
    holds: float
    """Share of the worlds."""
    is_now: bool
    """The plan has these servers already."""
    token: str
    """As the address of a comparison names it."""

    @property
    def servers(self) -> int:
        """How many."""
        return len(self.design.hosts)


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A topology that was not taken, and why."""

    title: str
    """Its layout; empty where it is the winner's with one thing changed."""
    why: str
    figures: Mapping[str, Any]
    """Its cost, p95_ms and availability; None for what it has not."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """How often one constraint holds."""

    words: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Weight:
    """How much of the doubt one input makes."""

    name: str
    span: str
    basis: str
    share: float
    width: float
    """Of its bar, 0 to 100: the first fills it."""


@dataclass(frozen=True, kw_only=True)
class Winner:
    """The cheapest, in full."""

    topology: Topology
    tiers: tuple[TierRow, ...]
    differences: tuple[Difference, ...]
    """Its figures beside those of the plan as it stands; beside themselves where prices are in another currency."""
    is_compared: bool
    changes: tuple[str, ...]
    drawing: Drawn
    held: tuple[Held, ...]
    p95_range: tuple[float, float]
    """In nine worlds of ten."""
    regret: float | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """Everything that a search found."""

    winner: Winner | None
    front: tuple[Topology, ...]
    losers: tuple[Lost, ...]
    response: tuple[TradeOff, ...]
    down: tuple[TradeOff, ...]
    weights: tuple[Weight, ...]
    measure: str
    answer: Mapping[str, Any]
    """The document, for what needs no dressing."""
    now: Mapping[str, Any]


def plan_of(inquiry: Inquiry | None, key: str) -> Design | None:
    """A topology of an answer as a plan; None where there is none of that key."""
    plans = (inquiry.answer or {}).get("plans", {}) if inquiry else {}
    return document.from_data(plans[key], catalogue=catalogue()) if key in plans else None


def token_of(inquiry: Inquiry, key: str) -> str:
    """How an address names a topology that was found."""
    return f"found.{inquiry.digest[:20]}.{key}"


def found_of(inquiry: Inquiry, now: Design) -> Found:
    """The answer of a search of the cheapest, dressed for its page."""
    answer = inquiry.answer or {}
    front = tuple(_topology(inquiry, item, key, now) for key, item in _members(answer))
    best = next((item for item in front if _is_winner(answer, item)), None)
    spots = list(_spots(answer, front, best))
    doubt = answer["doubt"] or {"influences": [], "measure": ""}
    budget, asked = inquiry.asked["budget"], inquiry.asked
    return Found(
        winner=None if best is None else _winner(inquiry, best, answer["winner"]["chance"], now),
        front=front,
        losers=tuple(_lost(item, answer["titles"]) for item in answer["losers"]),
        response=trade_offs(spots, answer["crowd"], RESPONSE, promised=asked["p95_ms"], budget=budget),
        down=trade_offs(
            spots, answer["crowd"], DOWN, promised=(1 - asked["availability"]) * HOURS_A_YEAR, budget=budget
        ),
        weights=tuple(_weights(doubt["influences"])),
        measure=doubt["measure"],
        answer=answer,
        now=answer["now"],
    )


def _members(answer: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The front, each by its key; before it the winner, where another of the same price is better."""
    members = [(str(number), item) for number, item in enumerate(answer["front"], start=1)]
    winner = answer["winner"]
    if winner and all(item["plan"] != winner["plan"] for _, item in members):
        return [("winner", winner), *members]
    return members


def _is_winner(answer: Mapping[str, Any], item: Topology) -> bool:
    return bool(answer["winner"] and answer["plans"][item.key] == answer["winner"]["plan"])


def _topology(inquiry: Inquiry, item: Mapping[str, Any], key: str, now: Design) -> Topology:
    design = document.from_data(item["plan"], catalogue=catalogue())
    return Topology(
        key=key,
        title=(inquiry.answer or {})["titles"].get(item["stage"], item["stage"]),
        design=design,
        rows=sketch_of(design),
        cost=item["cost_month"]["amount"] or 0.0,
        p95_ms=item["latency_ms"]["p95"]["value"],
        availability=item["availability"]["value"],
        headroom=item["headroom"],
        refused=item["refused_with_one_dead"],
        holds=item["chance"]["holds"],
        is_now=design.tiers == now.tiers,
        token=token_of(inquiry, key),
    )


def _winner(inquiry: Inquiry, best: Topology, chance: Mapping[str, Any], now: Design) -> Winner:
    own = _KEPT.get(f"{inquiry.digest} {best.key}", lambda: forecast(best.design))
    before = _before(inquiry, now, own)
    return Winner(
        topology=best,
        tiers=tuple(_tiers(best.design, now)),
        differences=differences(own, before or own),
        is_compared=before is not None,
        changes=tuple(compare(now, best.design).lines()),
        drawing=drawn(draw(now, best.design, forecast=own) if not best.is_now else draw(best.design, forecast=own)),
        held=tuple(
            Held(words=words, share=chance["by_constraint"][name])
            for name, words in CONSTRAINTS.items()
            if name in chance["by_constraint"]
        ),
        p95_range=(chance["p95_ms"]["low"], chance["p95_ms"]["high"]),
        regret=chance["regret_month"],
    )


def _before(inquiry: Inquiry, now: Design, own: Forecast) -> Forecast | None:
    """The forecast of the plan as it stands; None where there is none, or its prices are in another currency."""
    if now.currency != own.cost_month.currency:
        return None
    try:
        return _KEPT.get(f"{inquiry.revision.digest} now", lambda: forecast(now))
    except TierwrightError:
        return None


def _tiers(design: Design, before: Design) -> Iterator[TierRow]:
    hues = hues_of(design)
    written = {(tier.name, role.name): role.settings for tier in before.tiers for role in tier.roles}
    for tier in design.tiers:
        hosts = [host for host in design.hosts if host.tier == tier.name]
        roles = {role.name: role for host in hosts for role in host.roles}
        chosen = [
            f"{name} {setting} {value}"
            for name, role in roles.items()
            for setting, value in role.settings.items()
            if isinstance(value, int) and written.get((tier.name, name), {}).get(setting) != value
        ]
        yield TierRow(
            name=tier.name,
            hue=hues[tier.name],
            count=len(hosts),
            types=", ".join(dict.fromkeys(host.type_name for host in hosts)),
            roles=", ".join(roles),
            settings=", ".join(chosen),
        )


def _spots(answer: Mapping[str, Any], front: Sequence[Topology], best: Topology | None) -> Iterator[Spot]:
    for item in front:
        rank: Rank = "winner" if item is best else "front"
        yield Spot(
            rank=rank,
            label="cheapest" if item is best else item.key,
            says=f"{item.title}, {item.servers} server{'s' if item.servers != 1 else ''}",
            anchor=f"front-{item.key}",
            cost=item.cost,
            p95_ms=item.p95_ms,
            availability=item.availability,
        )
    for number, loser in enumerate(answer["losers"], start=1):
        title = answer["titles"].get(loser["stage"], loser["stage"])
        yield _spot("loser", "", f"Not taken: {title}", f"loser-{number}", loser["figures"])
    yield _spot("now", "now", "The plan as it stands", "front-now" if front else "loser-now", answer["now"])


def _spot(rank: Rank, label: str, says: str, anchor: str, figures: Mapping[str, Any]) -> Spot:
    return Spot(
        rank=rank,
        label=label,
        says=says,
        anchor=anchor,
        cost=figures["cost"],
        p95_ms=figures["p95_ms"],
        availability=figures["availability"],
    )


def _lost(item: Mapping[str, Any], titles: Mapping[str, str]) -> Lost:
    stage, why = item["stage"], item["why"]
    is_layout = why.startswith(f"{stage} (")
    return Lost(
        title=titles.get(stage, stage) if is_layout else "",
        why=why.removeprefix(stage).strip() if is_layout else why,
        figures=item["figures"],
    )


def _weights(influences: Sequence[Mapping[str, Any]]) -> Iterator[Weight]:
    for item in influences[:MOST_INFLUENCES]:
        yield Weight(
            name=item["name"],
            span=f"{digits(item['low'])} to {digits(item['high'])}, taken as {digits(item['mid'])}",
            basis=item["basis"],
            share=item["shrinks"],
            width=round(100 * item["shrinks"] / influences[0]["shrinks"], 2),
        )


@dataclass(frozen=True, kw_only=True)
class Certain:
    """A topology of a confirmation over many worlds."""

    title: str
    layout: str
    """Servers by tier."""
    cost: float
    share: float
    """Of the worlds in which everything holds."""
    low: float
    high: float
    """The 95th percentile in nine worlds of ten."""
    regret: float | None
    token: str = ""


def certainty_of(inquiry: Inquiry, now: Design) -> dict[str, Any]:
    """Of a confirmation that is done: the surest, and what certainty costs."""
    answer = inquiry.answer or {}
    surest = answer["winner"] or answer["ranking"][0]
    titles = answer["titles"]
    return {
        "sure": _certain(surest, titles, token_of(inquiry, "surest")),
        "sure_is_now": (found := plan_of(inquiry, "surest")) is not None and found.tiers == now.tiers,
        "certainty": [_certain(item, titles) for item in answer["front"]],
    }


def _certain(item: Mapping[str, Any], titles: Mapping[str, str], token: str = "") -> Certain:
    tiers = (f"{tier['name']} {tier['servers']} {tier['type']}" for tier in item["tiers"])
    return Certain(
        title=titles.get(item["stage"], item["stage"]),
        layout="; ".join(tiers),
        cost=item["cost_month"],
        share=item["holds"]["value"],
        low=item["p95_ms"]["low"],
        high=item["p95_ms"]["high"],
        regret=item["regret_month"],
        token=token,
    )
