"""The capacity engine's front door: what a design carries."""

from __future__ import annotations

from topology.capacity.answer import (
    Break,
    Cost,
    Forecast,
    Growth,
    HostForecast,
    LimitDate,
    MemoryUse,
    Number,
    Resource,
    SinglePoint,
    TierForecast,
    Today,
)
from topology.capacity.bereft import Bereft, without
from topology.capacity.curves import Curve, CurvePoint
from topology.capacity.document import to_document
from topology.capacity.engine import ENGINE, calibrate, forecast, forecast_of, survey
from topology.capacity.episodes import EPISODES, Episode, EpisodeName, replay
from topology.capacity.failures import Failure
from topology.capacity.folding import Servers
from topology.capacity.growth import date_after
from topology.capacity.inputs import Input, inputs_of
from topology.capacity.latency import Figure
from topology.capacity.lessons import LESSON_NAMES, Lesson, LessonPoint, lessons_document, lessons_of
from topology.capacity.memory import memory_on
from topology.capacity.performability import Service
from topology.capacity.planning import HEADROOMS, Need, headroom_of, needs, servers_needed
from topology.capacity.prospects import Outlook, outlook, outlook_document
from topology.capacity.running import RunningCost
from topology.capacity.search import (
    Chance,
    Cheapest,
    Constraint,
    Doubt,
    Found,
    Glimpse,
    Influence,
    Loser,
    Measures,
    Objective,
    Relax,
    Space,
    Verifier,
    cheapest,
    cheapest_document,
    crowd_of,
    evaluate,
    space_of,
)
from topology.capacity.simulated import Simulated, simulate
from topology.capacity.sweeping import (
    ManySeeds,
    ManyWorlds,
    Piece,
    Question,
    candidate_design,
    many_seeds,
    many_worlds,
    sweep_digest,
    sweep_join,
    sweep_pieces,
    sweep_question,
    sweep_text,
    sweep_work,
)
from topology.capacity.textbook import parse_case, solve_case
from topology.capacity.traffic import Traffic, read_traffic, workload_of_traffic
from topology.capacity.transients import Transients, stretches
from topology.capacity.variations import (
    Variation,
    cached_share_of,
    deprived,
    needs_varied,
    outlook_varied,
    pinned,
    portable,
    rearranged,
    survey_varied,
    varied,
)
from topology.capacity.week import Hour, Week
from topology.capacity.words import digits, percent
from topology.design import MOST_SERVERS

__all__ = [
    "ENGINE", "EPISODES", "HEADROOMS", "LESSON_NAMES", "MOST_SERVERS", "Bereft", "Break", "Chance", "Cheapest",
    "Constraint", "Cost", "Curve", "CurvePoint", "Doubt", "Episode", "EpisodeName", "Failure", "Figure", "Forecast",
    "Found", "Glimpse", "Growth", "HostForecast", "Hour", "Influence", "Input", "Lesson", "LessonPoint", "LimitDate",
    "Loser", "ManySeeds", "ManyWorlds", "Measures", "MemoryUse", "Need", "Number", "Objective", "Outlook", "Piece",
    "Question", "Relax", "Resource", "RunningCost", "Servers", "Service", "Simulated", "SinglePoint", "Space",
    "TierForecast", "Today", "Traffic", "Transients", "Variation", "Verifier", "Week", "cached_share_of", "calibrate",
    "candidate_design", "cheapest", "cheapest_document", "crowd_of", "date_after", "deprived", "digits", "evaluate",
    "forecast", "forecast_of", "headroom_of", "inputs_of", "lessons_document", "lessons_of", "many_seeds",
    "many_worlds", "memory_on", "needs", "needs_varied", "outlook", "outlook_document", "outlook_varied", "parse_case",
    "percent", "pinned", "portable", "read_traffic", "rearranged", "replay", "servers_needed", "simulate", "solve_case",
    "space_of", "stretches", "survey", "survey_varied", "sweep_digest", "sweep_join", "sweep_pieces", "sweep_question",
    "sweep_text", "sweep_work", "to_document", "varied", "without", "workload_of_traffic",
]  # fmt: skip
