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
