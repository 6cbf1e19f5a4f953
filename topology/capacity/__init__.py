"""The capacity engine's front door: what a design carries."""

from __future__ import annotations

from topology.capacity.answer import (
    Break,
    Cost,
    Forecast,
    Growth,
    HostForecast,
    MemoryUse,
    Number,
    Resource,
    SinglePoint,
    TierForecast,
    Today,
)
from topology.capacity.document import to_document
from topology.capacity.engine import ENGINE, calibrate, forecast, forecast_of
from topology.capacity.textbook import parse_case, solve_case
from topology.capacity.words import digits, percent

__all__ = [
    "ENGINE", "Break", "Cost", "Forecast", "Growth", "HostForecast", "MemoryUse", "Number", "Resource", "SinglePoint",
    "TierForecast", "Today", "calibrate", "digits", "forecast", "forecast_of", "parse_case", "percent", "solve_case",
    "to_document",
]  # fmt: skip
