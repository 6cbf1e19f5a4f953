"""Keeps the last few answers of something slow whose answer never changes, for pages that ask again and again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Answers by key, at most `most` of them; the oldest goes first."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._answers: dict[Key, Value] = {}

    def get(self, key: Key, ask: Callable[[], Value]) -> Value:
        """The answer that is kept, or the one that `ask` gives now; what it raises is not kept."""
        try:
            return self._answers[key]
        except KeyError:
            answer = ask()
        while len(self._answers) >= self._most:
            with suppress(KeyError, StopIteration, RuntimeError):  # another thread may be at the same
                del self._answers[next(iter(self._answers))]
        self._answers[key] = answer
        return answer
