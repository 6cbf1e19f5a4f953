"""Bars of a share in use, with its range and what a promise allows."""

from __future__ import annotations

from dataclasses import dataclass

from topology.capacity import Number
from topology.design import Design
from topology.value import Estimate


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A share in use, on a track 100 units wide."""

    used: float
    low: float
    high: float
    limit: float | None
    state: str
    """fine, tight or over."""

    @property
    def spread(self) -> float:
        """Width of the range."""
        return round(self.high - self.low, 2)


def bar(used: Number | Estimate | float, *, limit: float | None = None) -> Bar:
    """The bar of a share from 0 to 1; what is above 1 fills the track and is said to be over."""
    value, low, high = _three(used)
    state = "over" if value > 1 else "tight" if limit is not None and value > limit else "fine"
    return Bar(
        used=_on_track(value),
        low=_on_track(low),
        high=_on_track(high),
        limit=None if limit is None else _on_track(limit),
        state=state,
    )


def promised_share(design: Design) -> float | None:
    """The share in use at the peak that the plan's promise of headroom allows; None where it promises none."""
    kept = design.promise.headroom if design.promise else None
    return None if kept is None else 1 - kept


def _three(amount: Number | Estimate | float) -> tuple[float, float, float]:
    if isinstance(amount, Number):
        return amount.value, amount.low, amount.high
    if isinstance(amount, Estimate):
        return amount.mid, amount.low, amount.high
    return amount, amount, amount


def _on_track(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 2)
