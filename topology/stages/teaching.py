"""What the chapter teaches at each stage, worked out for the plan: which lesson belongs where, and for what it speaks.

The first lesson of a stage is the chapter's own reason for it. Where it holds it speaks for the stage, where it does
not it speaks against it, with the numbers of the plan. At the last stage it is the other way round: the chapter's
cheaper way, more caching, speaks against more servers.
"""

from __future__ import annotations

from collections.abc import Mapping

from topology.capacity import Lesson, digits

LESSONS: Mapping[str, tuple[str, ...]] = {
    "single": ("keep_alive", "swapping"),
    "split_database": ("separate_database", "memory_first"),
    "media_server": ("separate_media",),
    "load_balanced": ("web_servers",),
    "big": ("memcached",),
}
"""By stage: its lessons, its own reason first."""
INSTEAD = frozenset({"memcached"})
"""Lessons that, where they hold, are a reason not to add servers yet."""


def speaks_for(lessons: tuple[Lesson, ...]) -> tuple[str, ...]:
    """What the stage's own lesson says for it, as clauses."""
    return tuple(each.brief for each in lessons[:1] if each.status == "holds" and each.name not in INSTEAD)


def speaks_against(lessons: tuple[Lesson, ...]) -> tuple[str, ...]:
    """What the stage's own lesson says against it, as clauses."""
    return tuple(each.brief for each in lessons[:1] if (each.status == "holds") == (each.name in INSTEAD))


def in_short(lesson: Lesson) -> str:
    """A lesson as one clause: whether it holds, what it is worth here, and what it was worth to the chapter."""
    then = lesson.then
    was = (
        f", ×{digits(then.value)} then"
        if then is not None and digits(then.value) != digits(lesson.effect.value)
        else ""
    )
    return f"{lesson.title}: {lesson.status} (×{digits(lesson.effect.value)} here{was})"
