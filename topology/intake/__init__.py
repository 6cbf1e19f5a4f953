"""Intake: access logs in, facts and a workload out; no address, query, id or token of anybody is kept.

Names are brought in when they are asked for: a command that reads no log does not pay for numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from topology.intake.refusal import LogRefused, LogTooLarge

if TYPE_CHECKING:
    from topology.intake.answer import answer_of, facts_document
    from topology.intake.demand import workload_of
    from topology.intake.reading import LogReading, read_logs
    from topology.intake.sources import MAX_LOG_BYTES, Log, Progress

__all__ = [
    "MAX_LOG_BYTES", "Log", "LogReading", "LogRefused", "LogTooLarge", "Progress", "answer_of", "facts_document",
    "read_logs", "workload_of",
]  # fmt: skip

_HOMES = {
    "answer": ("answer_of", "facts_document"),
    "demand": ("workload_of",),
    "reading": ("LogReading", "read_logs"),
    "sources": ("MAX_LOG_BYTES", "Log", "Progress"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
