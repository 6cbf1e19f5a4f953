"""While a page asks many rules, the database is asked for the same thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_ANSWERS: ContextVar[dict[object, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Keep every answer until the end of the block; for pages that only read, since what is kept may grow old."""
    if _ANSWERS.get() is not None:
        yield
        return
    token = _ANSWERS.set({})
    try:
        yield
    finally:
        _ANSWERS.reset(token)


def answer(key: object, ask: Callable[[], Answer]) -> Answer:
    """What is kept, or what `ask` says now."""
    known = _ANSWERS.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    found: Answer = known[key]
    return found


def is_reading() -> bool:
    """Whether what was known a moment ago is good enough."""
    return _ANSWERS.get() is not None


def keep(key: object, found: Answer) -> Answer:
    """Keep what was asked for together with something else."""
    return answer(key, lambda: found)


def kept(key: object) -> Any:
    """What is kept; None where nothing is, and the caller asks for no more than it needs."""
    return (_ANSWERS.get() or {}).get(key)
