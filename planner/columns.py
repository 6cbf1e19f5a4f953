"""Designs side by side at the same traffic: a column each, a row a figure, and cost against response time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planner.charts import RESPONSE, Rank, Spot, TradeOff, promised_share, trade_offs
from planner.chosen import Chosen
from planner.figures import figure
from planner.keeping import Kept
from planner.metrics import Difference, Metric, Verdict, differences
from planner.sketches import Row, sketch_of
from topology import document
from topology.capacity import Forecast, Number, pinned, portable
from topology.design import Design, TierwrightError
from topology.weighing import Key, MetricRow, Standing, rows_of, stand
from topology.workload import Workload

NOBODY = "None of these plans says what is asked of its site."
MOVING: tuple[Key, ...] = ("without_one",)
COUNTED: tuple[Key, ...] = ("single_points", "risks")
"""Figures that do not move with the traffic."""
ALIKE = 0.005
"""Share of themselves by which two figures may differ and still lie in one place of a picture."""
_STOOD: Kept[str, Standing] = Kept(most=96)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A design with its figures beside the first one's."""

    number: int
    """From 1."""
    chosen: Chosen
    rows: tuple[Row, ...] = ()
    forecast: Forecast | None = None
    differences: tuple[Difference, ...] = ()
    limit: float | None = None
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure of every design; None where a design has none."""

    label: str
    cells: tuple[Difference | None, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What all are asked, and a sentence where that is not their own."""

    workload: Workload | None
    traffic: float
    says: str = ""

    @property
    def now(self) -> Workload | None:
        """The workload at that traffic."""
        return self.workload if self.workload is None or self.traffic == 1 else self.workload.at(self.traffic)


def asked_of(chosen: Sequence[Chosen], traffic: float) -> Asked:
    """The workload that all carry: their own where it is the same, else that of the first which has one."""
    found = [(item, item.design) for item in chosen if item.design and isinstance(item.design.workload, Workload)]
    if not found:
        return Asked(workload=None, traffic=traffic)
    first, design = found[0]
    if all(item.design is None or item.design.workload == design.workload for item in chosen):
        return _asked_alike(first, [own for item in chosen if (own := item.design)], design, traffic)
    says = f"All are asked what {first.title} ({first.note}) is asked."
    return Asked(workload=portable(design), traffic=traffic, says=says)


def _asked_alike(first: Chosen, designs: Sequence[Design], design: Design, traffic: float) -> Asked:
    """One workload, in which the server that was observed is the same for all: a larger one would else be dearer."""
    assert isinstance(design.workload, Workload)
    workload = design.workload
    try:
        if all(pinned(workload, other) == pinned(workload, design) for other in designs):
            return Asked(workload=workload, traffic=traffic)
    except TierwrightError:
        return Asked(workload=workload, traffic=traffic)
    says = f"The server that was observed is taken for one of {first.title} ({first.note})."
    return Asked(workload=portable(design), traffic=traffic, says=says)


def columns_of(chosen: Sequence[Chosen], asked: Asked) -> list[Column]:
    """A column for each, whose figures stand beside those of the first that has any."""
    columns: list[Column] = []
    first: _Sides | None = None
    for number, item in enumerate(chosen, start=1):
        sides = _sides(item.design, asked) if item.design is not None else None
        if sides and sides.moved.forecast:
            first = first or sides
        columns.append(_column(number, item, asked, sides, first))
    return columns


def lines_of(columns: Sequence[Column]) -> list[Line]:
    """The same figure of every design in a line."""
    whole = next((column for column in columns if column.differences), None)
    if whole is None:
        return []
    return [
        Line(
            label=item.metric.label,
            cells=tuple(column.differences[at] if column.differences else None for column in columns),
        )
        for at, item in enumerate(whole.differences)
    ]


def table_of(columns: Sequence[Column]) -> tuple[list[str], list[list[Any]]]:
    """Head and rows of the same for a file: figure, unit, and of each design the figure with the ends of its range."""
    names = [f"{column.number} {column.chosen.name}" for column in columns]
    head = ["figure", "unit", *(f"{name}{end}" for name in names for end in ("", ", low", ", high"))]
    rows = []
    for line in lines_of(columns):
        units = dict.fromkeys(cell.metric.unit for cell in line.cells if cell and cell.metric.value is not None)
        values = [value for cell in line.cells for value in _ends(cell, several=len(units) > 1)]
        rows.append([line.label, next(iter(units), "") if len(units) == 1 else "", *values])
    return head, rows


def money_of(columns: Sequence[Column]) -> tuple[tuple[TradeOff, ...], str]:
    """Cost against response time and the currency; empty where fewer than two designs have both in one currency."""
    known = [column for column in columns if column.forecast and _place(column.forecast)]
    currencies = {column.forecast.cost_month.currency for column in known if column.forecast}
    if len(known) < 2 or len(currencies) > 1:
        return (), ""
    promise = known[0].chosen.design.promise if known[0].chosen.design else None
    spots = [_spot(column, known) for column in known]
    promised = promise.p95_ms if promise else None
    return trade_offs(spots, [], RESPONSE, promised=promised, budget=None), next(iter(currencies))


@dataclass(frozen=True, kw_only=True)
class _Sides:
    """A design at today's traffic and at that which is asked."""

    today: Standing
    moved: Standing


def _sides(design: Design, asked: Asked) -> _Sides | None:
    if asked.workload is None or asked.now is None:
        return None
    return _Sides(today=_stood(design, asked.workload), moved=_stood(design, asked.now))


def _stood(design: Design, workload: Workload) -> Standing:
    return _STOOD.get(f"{document.digest(design)} {document.digest(workload)}", lambda: stand(design, workload))


def _column(number: int, chosen: Chosen, asked: Asked, sides: _Sides | None, first: _Sides | None) -> Column:
    if chosen.design is None:
        return Column(number=number, chosen=chosen, trouble=chosen.trouble)
    rows, limit = sketch_of(chosen.design), promised_share(chosen.design)
    found = sides.moved.forecast if sides else None
    if sides is None or found is None or first is None:
        trouble = f"No figures: {sides.moved.trouble}." if sides else NOBODY
        return Column(number=number, chosen=chosen, rows=rows, trouble=trouble)
    return Column(
        number=number,
        chosen=chosen,
        rows=rows,
        forecast=found,
        differences=(*differences(found, first.moved.forecast or found), *_further(sides, first)),
        limit=limit,
    )


def _further(sides: _Sides, first: _Sides) -> Iterator[Difference]:
    """Figures that take more than the forecast: with one server dead, single points of failure, risks."""
    yield from (_difference(row) for row in rows_of(first.moved, sides.moved, keys=MOVING))
    yield from (_difference(row) for row in rows_of(first.today, sides.today, keys=COUNTED))


def _difference(row: MetricRow) -> Difference:
    now, before = (_metric(row, amount, text) for amount, text in ((row.after, row.now), (row.before, row.was)))
    verdict: Verdict = "same" if row.is_same else "other"
    if row.better is not None:
        verdict = "better" if row.better else "worse"
    step = "" if now.value is None or before.value is None else _step(now.value - before.value)
    return Difference(metric=now, before=before, verdict=verdict, change="" if row.is_same else step)


def _metric(row: MetricRow, amount: Number | float | None, text: str) -> Metric:
    number = amount if isinstance(amount, Number) else None
    alone, _, span = text.partition(" (")
    return Metric(
        name=row.key,
        label=row.title,
        value=number.value if number else amount if isinstance(amount, float) else None,
        text=text if amount is None else alone,
        unit=row.unit if amount is not None else "",
        number=number,
        range=span.removesuffix(")") if number else "",
        is_bad=amount is None and row.key == "without_one",
        formula=row.why,
    )


def _step(step: float) -> str:
    return f"{'+' if step > 0 else '−'}{figure(abs(step))}"


def _ends(cell: Difference | None, *, several: bool) -> tuple[Any, Any, Any]:
    if cell is None:
        return None, None, None
    metric = cell.metric
    if metric.value is None or several:
        return f"{metric.text} {metric.unit}".strip(), None, None
    number = metric.number
    return (metric.value, number.low, number.high) if number else (metric.value, None, None)


def _place(found: Forecast) -> tuple[float, float] | None:
    p95 = found.latency_ms.get("p95")
    return None if found.cost_month.amount is None or p95 is None else (found.cost_month.amount, p95.value)


def _same(one: tuple[float, float] | None, other: tuple[float, float]) -> bool:
    """Whether both lie in one place of the picture."""
    return one is not None and all(abs(a - b) <= ALIKE * abs(b) for a, b in zip(one, other, strict=True))


def _spot(column: Column, among: Sequence[Column]) -> Spot:
    assert column.forecast is not None
    places = [place for other in among if other.forecast and (place := _place(other.forecast))]
    own = _place(column.forecast)
    assert own is not None
    beaten = any(place != own and place[0] <= own[0] and place[1] <= own[1] for place in places)
    rank: Rank = "loser" if beaten else "front"
    return Spot(
        rank=rank,
        label=", ".join(str(other.number) for other in among if other.forecast and _same(_place(other.forecast), own)),
        says=f"{column.number}, {column.chosen.name}",
        anchor=f"design-at-{column.number}",
        cost=own[0],
        p95_ms=own[1],
        availability=column.forecast.availability.value,
    )
