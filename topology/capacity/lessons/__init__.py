"""The advice of chapter 21 of The Django Book, each piece worked out for a plan: what it buys there, and whether."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from topology.capacity.lessons import (
    keep_alive,
    memcached,
    memory_first,
    separate_database,
    separate_media,
    swapping,
    web_servers,
)
from topology.capacity.lessons.lesson import Lesson, LessonPoint, Status
from topology.capacity.lessons.situation import Situation
from topology.design import Design
from topology.workload import Workload

__all__ = ["LESSON_NAMES", "Lesson", "LessonPoint", "Status", "lessons_document", "lessons_of"]

_EVERY = (separate_database, memory_first, separate_media, keep_alive, swapping, web_servers, memcached)
LESSON_NAMES: tuple[str, ...] = tuple(module.NAME for module in _EVERY)
"""Every lesson, in the order in which the chapter comes to what it is about."""


def lessons_of(
    design: Design, workload: Workload | None = None, *, names: Collection[str] = LESSON_NAMES
) -> tuple[Lesson, ...]:
    """The chapter's advice for a design under a workload (by default its own), in the order of `LESSON_NAMES`.

    `names` chooses some: only they are worked out. Raises KeyError for a name that is none of them, and
    TierwrightError where the design cannot be forecast.
    """
    unknown = set(names) - set(LESSON_NAMES)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    situation = Situation.of(design, workload)
    return tuple(module.lesson(situation) for module in _EVERY if module.NAME in names)


def lessons_document(lessons: Collection[Lesson]) -> list[dict[str, Any]]:
    """Plain data, ready for JSON; keys may be added, none is renamed."""
    return [lesson.document() for lesson in lessons]
