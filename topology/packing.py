"""Packs a bundle with its papers: the forecast, the drawing and the runbook of the same design."""

from __future__ import annotations

from dataclasses import dataclass

from topology import capacity
from topology.bundles import Bundle, build
from topology.capacity import Forecast
from topology.design import Design, TierwrightError
from topology.diagrams import DrawingFailed, draw


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A bundle, and what could not be put into it."""

    bundle: Bundle
    missing: tuple[str, ...]
    """A sentence for each paper that is left out."""


def pack(design: Design) -> Packed:
    """The bundle of a design with everything that belongs beside its files; a paper that fails is left out and said."""
    missing: list[str] = []
    forecast = _forecast(design, missing)
    document = capacity.to_document(forecast) if forecast else None
    bundle = build(design, forecast=document, diagram=_diagram(design, forecast, missing))
    return Packed(bundle=bundle, missing=tuple(missing))


def _forecast(design: Design, missing: list[str]) -> Forecast | None:
    if design.workload is None:
        missing.append("the plan has no workload, so the bundle holds no forecast")
        return None
    try:
        return capacity.forecast(design)
    except TierwrightError as error:
        missing.append(f"no forecast: {error}")
        return None


def _diagram(design: Design, forecast: Forecast | None, missing: list[str]) -> str | None:
    try:
        return draw(design, forecast=forecast).render("svg").decode()
    except DrawingFailed as error:
        missing.append(f"no diagram: {error}")
        return None
