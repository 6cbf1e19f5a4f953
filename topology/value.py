"""The frozen value that every document is made of, and the estimate that carries its own doubt."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, model_validator

from topology.fields import Number, Text

Basis = Literal["measured", "given", "default", "guess"]
"""How a figure was got: read from the site, said by a person, from a measured table, or guessed."""


class Value(BaseModel):
    """A frozen, strict document value: unknown keys and wrong types are refused, never coerced."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class Estimate(Value):
    """A figure with its range and where it comes from."""

    low: Number
    """The least it may be."""
    mid: Number
    """The figure used where one is needed."""
    high: Number
    """The most it may be."""
    basis: Basis = "guess"
    """measured, given, default (from a measured table) or guess."""
    source: Text = ""
    """Which log, table or person it comes from."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low, mid and high must be in rising order")
        return self

    def scaled(self, factor: float) -> Estimate:
        """The same figure in another unit, or `factor` times as much of it."""
        return self.model_copy(update={"low": self.low * factor, "mid": self.mid * factor, "high": self.high * factor})

    def times(self, other: Estimate) -> Estimate:
        """The product of two figures that are not below 0; it is as doubtful as the more doubtful of them."""
        return _combined(self, other, self.low * other.low, self.mid * other.mid, self.high * other.high)

    def plus(self, other: Estimate) -> Estimate:
        """The sum of two figures; it is as doubtful as the more doubtful of them."""
        return _combined(self, other, self.low + other.low, self.mid + other.mid, self.high + other.high)

    def rest(self, whole: float = 1) -> Estimate:
        """What this figure leaves of the whole, such as the share of requests that a cache does not answer."""
        return self.model_copy(update={"low": whole - self.high, "mid": whole - self.mid, "high": whole - self.low})


_DOUBT: tuple[Basis, ...] = ("measured", "given", "default", "guess")


def _combined(one: Estimate, other: Estimate, low: float, mid: float, high: float) -> Estimate:
    worse = max(one, other, key=lambda item: _DOUBT.index(item.basis))
    sources = dict.fromkeys(item.source for item in (one, other) if item.source)
    return Estimate(low=low, mid=mid, high=high, basis=worse.basis, source="; ".join(sources)[:20_000])


def form_of(data: object) -> str:
    """Which form of a union the data has: `keys` for a mapping or a document, else `plain`.

    With it, a refusal speaks of the form that was meant and of no other.
    """
    return "keys" if isinstance(data, dict | BaseModel) else "plain"


Amount = Annotated[
    Annotated[Number, Tag("plain")] | Annotated[Estimate, Tag("keys")],
    Discriminator(form_of),
]
"""A plain number (given, exact) or an estimate."""


def estimate(amount: Amount, *, basis: Basis = "given", source: str = "") -> Estimate:
    """An `Estimate` for any amount: a plain number is exact and, unless said otherwise, given."""
    if isinstance(amount, Estimate):
        return amount
    return Estimate(low=amount, mid=amount, high=amount, basis=basis, source=source)
