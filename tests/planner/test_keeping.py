"""What is kept is asked for once; the oldest goes first; a failure is not kept."""

from __future__ import annotations

import pytest

from planner.keeping import Kept


def test_an_answer_is_asked_for_once() -> None:
    kept: Kept[str, object] = Kept(most=2)

    assert kept.get("a", object) is kept.get("a", object)


def test_the_oldest_answer_makes_room() -> None:
    kept: Kept[str, object] = Kept(most=2)
    first = kept.get("a", object)
    second = kept.get("b", object)

    kept.get("c", object)

    assert kept.get("b", object) is second
    assert kept.get("a", object) is not first


def test_a_failure_is_not_kept() -> None:
    kept: Kept[str, int] = Kept(most=2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)

    assert kept.get("a", lambda: 1) == 1
