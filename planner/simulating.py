"""Simulations of a plan, with other traffic, other servers or a server dead, worked out beside the pages."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from planner.inquiries import Tell
from planner.models import Inquiry
from planner.varying import Asked, read
from topology import revisions
from topology.capacity import simulate, varied
from topology.design import Design
from topology.errors import TierwrightError

SEED = 1


def asked_of(asked: Asked, seed: int) -> dict[str, Any]:
    """A what-if and a seed as plain data."""
    return {"query": asked.query, "seed": seed}


def simulated(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
    """Simulate what is asked; the document of the simulation."""
    design = revisions.design_of(inquiry.revision)
    asked = read(QueryDict(inquiry.asked["query"]), design)
    if asked.unsimulated:
        raise TierwrightError(asked.unsimulated.removesuffix("."))
    tell("simulating request by request", None)
    changed: Design = varied(design, asked.variation)
    found = simulate(changed, seed=inquiry.asked["seed"], lost=[asked.without] if asked.without else [])
    return found.document()
