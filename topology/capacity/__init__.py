"""The capacity engine's front door: what a design carries."""

from __future__ import annotations

from topology.capacity.forecast import (
    Break,
    Cost,
    Forecast,
    HostForecast,
    MemoryUse,
    Number,
    SinglePoint,
    TierForecast,
    Today,
)

__all__ = [
    "Break", "Cost", "Forecast", "HostForecast", "MemoryUse", "Number", "SinglePoint", "TierForecast", "Today",
]  # fmt: skip
