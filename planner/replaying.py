"""Replays of a while in which a plan is not as it always is, worked out beside the pages."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from planner.inquiries import Tell
from planner.models import Inquiry
from planner.varying import Asked, read
from topology import revisions
from topology.capacity import EPISODES, EpisodeName, replay, varied
from topology.errors import TierwrightError

TITLES: dict[EpisodeName, str] = {
    "deploy": "New code on every application server",
    "failover": "The database fails over",
    "cold_cache": "A cold cache",
}


def asked_of(asked: Asked, name: EpisodeName) -> dict[str, Any]:
    """A what-if with every server alive, and what happens, as plain data."""
    return {"query": asked.alive.query, "episode": name}


def episode_of(text: str) -> EpisodeName | None:
    """The episode of that name; None where there is none."""
    return next((name for name in EPISODES if name == text), None)


def replayed(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
    """Replay what is asked; the document of the episode."""
    design = revisions.design_of(inquiry.revision)
    asked = read(QueryDict(inquiry.asked["query"]), design)
    name = episode_of(inquiry.asked["episode"])
    if name is None or asked.unsimulated:
        raise TierwrightError(asked.unsimulated.removesuffix(".") or "no such episode is known")
    tell("simulating request by request", None)
    return replay(varied(design, asked.variation), name).document()
