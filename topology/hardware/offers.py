"""The catalogue of server types that can be or could once be had: what each has, costs and rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from topology.hardware.own_types import server_type_of
from topology.hardware.rows import Row, read_rows
from topology.hardware.server_type import BUILT_IN, BUILT_IN_CURRENCY, BUILT_IN_SOURCE, HOURS_A_MONTH, ServerType
from topology.value import Basis, Estimate

MONTHS_OF_USE = 36
"""Months over which the price of a bought server is spread: no power, no rack, no interest."""

_DATA = Path(__file__).parent / "data"
_SHAPE = ("cores", "ram_mib", "disk_gib", "network_mbit")
_TODAY = (
    "name", "provider", "region", *_SHAPE, "price_month", "currency", "date", "price_source", "shape_source",
    "network_source", "note",
)  # fmt: skip
_PERIOD = (
    "name", "year", "provider", *_SHAPE, "price", "per", "currency", "date", "price_source", "shape_source", "cpu",
    "single_thread", "speed", "low", "high", "speed_source", "note",
)  # fmt: skip
_SPEEDS = (
    "name", "speed", "low", "high", "passmark_single_thread", "static_request_cpu_us", "cpu", "shares_core",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A server type with its provider, its price and where each figure comes from."""

    name: str
    """Name by which a plan may use it."""
    provider: str
    year: int | None
    """The year it is of; None for what can be had today."""
    type: ServerType
    speed: Estimate
    """CPU of one core over the reference core, with its range."""
    cpu: str
    """Processor; empty where it is not known."""
    currency: str
    """Currency of the price; empty where none is known."""
    price_source: str
    """Where the price comes from, with its date; empty where none is known."""
    shape_source: str
    """Where cores and memory come from, with the date."""
    network_source: str = ""
    region: str = ""
    note: str = ""
    """What a reader must know before using it."""


@dataclass(frozen=True, kw_only=True)
class _Source:
    basis: Basis
    says: str


def offer(name: str) -> Offer:
    """The offer of that name; KeyError when there is none."""
    return _BY_NAME[name]


def currency_of(name: str) -> str | None:
    """The currency of the price of a known type; None where the type or its price is not known."""
    if name in BUILT_IN:
        return BUILT_IN_CURRENCY
    found = _BY_NAME.get(name)
    return found.currency or None if found else None


def source_of(name: str) -> str:
    """Where the price of a known type comes from; empty where the type or its price is not known."""
    if name in BUILT_IN:
        return BUILT_IN_SOURCE
    found = _BY_NAME.get(name)
    return found.price_source if found else ""


def _rows(file: str, columns: tuple[str, ...]) -> Iterator[Row]:
    content = (_DATA / file).read_text(encoding="utf-8")
    return read_rows(content, columns=columns, needed=columns, file=file)


def _sources() -> Mapping[str, _Source]:
    columns = ("name", "date", "licence", "says")
    return {row.text("name"): _source(row) for row in _rows("sources.csv", columns)}


def _source(row: Row) -> _Source:
    date = row.cells.get("date")
    return _Source(
        basis="guess" if row.text("licence") == "guess" else "default",
        says=f"{row.text('says')} ({date})" if date else row.text("says"),
    )


def _load() -> Iterator[Offer]:
    sources = _sources()
    speeds = {row.text("name"): row for row in _rows("speeds.csv", _SPEEDS)}
    for row in _rows("today.csv", _TODAY):
        yield _today(row, speeds[row.text("name")], sources)
    for row in _rows("period.csv", _PERIOD):
        yield _period(row, sources)


def _today(row: Row, speed: Row, sources: Mapping[str, _Source]) -> Offer:
    estimate = _estimate(speed, sources["sparecores"])
    return _offer(row, estimate, row.number("price_month"), sources, cpu=speed.text("cpu"))


def _period(row: Row, sources: Mapping[str, _Source]) -> Offer:
    price, per = row.number("price"), row.cells.get("per")
    factor = {"hour": HOURS_A_MONTH, "purchase": 1 / MONTHS_OF_USE}.get(per or "", 1)
    month = None if price is None else round(price * factor, 2)
    return _offer(row, _estimate(row, sources[row.text("speed_source")]), month, sources, cpu=row.cells.get("cpu", ""))


def _estimate(row: Row, source: _Source) -> Estimate:
    low, mid, high = (row.number(column) or 0 for column in ("low", "speed", "high"))
    return Estimate(low=low, mid=mid, high=high, basis=source.basis, source=source.says)


def _offer(row: Row, speed: Estimate, price: float | None, sources: Mapping[str, _Source], *, cpu: str) -> Offer:
    shape = {key: row.cells[key] for key in _SHAPE if key in row.cells}
    kind = server_type_of(Row(file=row.file, line=row.line, cells={"name": row.text("name"), **shape}))
    year = row.number("year")
    return Offer(
        name=row.text("name"),
        provider=row.text("provider"),
        year=None if year is None else int(year),
        type=kind.model_copy(update={"price_month": price, "speed": speed.mid}),
        speed=speed,
        cpu=cpu,
        currency=row.cells.get("currency", ""),
        price_source=_says(row, "price_source", sources),
        shape_source=_says(row, "shape_source", sources),
        network_source=_says(row, "network_source", sources),
        region=row.cells.get("region", ""),
        note=row.cells.get("note", ""),
    )


def _says(row: Row, column: str, sources: Mapping[str, _Source]) -> str:
    name = row.cells.get(column)
    return sources[name].says if name else ""


OFFERS: tuple[Offer, ...] = tuple(_load())
"""Every offer: those of today, then those of their years."""
_BY_NAME: Mapping[str, Offer] = MappingProxyType({item.name: item for item in OFFERS})
KNOWN: Mapping[str, ServerType] = MappingProxyType({**BUILT_IN, **{item.name: item.type for item in OFFERS}})
"""Every type that a plan may use without describing it: the built-in ones, then the catalogue's."""
