"""The answer of a search as the JSON document that others build on; keys may be added, none is renamed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from topology import document
from topology.capacity.answer import Number
from topology.capacity.search.answer import Cheapest, Found, Relax


def to_document(answer: Cheapest) -> dict[str, Any]:
    """Plain data, ready for JSON."""
    return {
        "winner": None if answer.winner is None else _found(answer.winner),
        "front": [_found(item) for item in answer.front],
        "losers": [
            {"plan": document.to_data(item.design), "why": item.why, "stage": item.skeleton} for item in answer.losers
        ],
        "candidates": answer.candidates,
        "relax": None if answer.relax is None else _relax(answer.relax),
        "doubt": None if answer.doubt is None else asdict(answer.doubt),
        "notes": list(answer.notes),
    }


def _found(item: Found) -> dict[str, Any]:
    low, middle, high = item.chance.p95_ms
    return {
        "plan": document.to_data(item.design),
        "cost_month": {"amount": item.forecast.cost_month.amount, "currency": item.forecast.cost_month.currency},
        "latency_ms": {name: _number(item.forecast.latency_ms.get(name)) for name in ("mean", "p50", "p95", "p99")},
        "availability": item.forecast.availability.document(),
        "stage": item.skeleton,
        "headroom": item.forecast.headroom,
        "refused_with_one_dead": item.refused,
        "chance": {
            "holds": item.chance.holds,
            "by_constraint": dict(item.chance.by_constraint),
            "p95_ms": {"low": low, "mid": middle, "high": high},
            "regret_month": item.chance.regret,
        },
    }


def _relax(change: Relax) -> dict[str, Any]:
    also = [{"constraint": name, "to": value} for name, value in change.also]
    return {"constraint": change.constraint, "to": change.to, "says": change.says, "also": also}


def _number(number: Number | None) -> dict[str, Any] | None:
    return None if number is None else number.document()
