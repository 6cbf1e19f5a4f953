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
from topology.capacity.curves import Curve, CurvePoint
from topology.capacity.document import to_document
from topology.capacity.engine import ENGINE, calibrate, forecast, forecast_of, survey
from topology.capacity.planning import HEADROOMS, Need, headroom_of, needs, servers_needed
from topology.capacity.textbook import parse_case, solve_case
from topology.capacity.traffic import Traffic, read_traffic, workload_of_traffic
from topology.capacity.variations import (
    MOST_SERVERS,
    Variation,
    cached_share_of,
    deprived,
    hourly_rates,
    rearranged,
    survey_varied,
    varied,
)
from topology.capacity.words import digits, percent

__all__ = [
    "ENGINE", "HEADROOMS", "MOST_SERVERS", "Break", "Cost", "Curve", "CurvePoint", "Forecast", "Growth",
    "HostForecast", "MemoryUse", "Need", "Number", "Resource", "SinglePoint", "TierForecast", "Today", "Traffic",
    "Variation", "cached_share_of", "calibrate", "deprived", "digits", "forecast", "forecast_of", "headroom_of",
    "hourly_rates", "needs", "parse_case", "percent", "read_traffic", "rearranged", "servers_needed", "solve_case",
    "survey", "survey_varied", "to_document", "varied", "workload_of_traffic",
]  # fmt: skip
