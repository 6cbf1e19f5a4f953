"""A replay's drawing: the change where it began, gaps where nobody was answered, the requests that wait below."""

from __future__ import annotations

from typing import Any

from planner.charts import replay_charts


def window(start: float, p95: float | None, waiting: float = 0) -> dict[str, Any]:
    figure = None if p95 is None else {"value": p95, "low": p95 * 0.9, "high": p95 * 1.1}
    return {"start": start, "end": start + 1, "p95_ms": figure, "waiting": {"value": waiting}}


def answer(*p95: float | None) -> dict[str, Any]:
    windows = [window(number, value, waiting=10 * number) for number, value in enumerate(p95)]
    return {"starts": 2, "seconds": 3, "windows": windows}


def test_the_change_is_marked_where_it_begins_and_ends() -> None:
    wide, narrow = replay_charts(answer(100, 100, 900, 900, 900, 100, 100, 100))

    assert wide.begin == wide.left + (wide.right - wide.left) * 2 / 8
    assert wide.end == wide.left + (wide.right - wide.left) * 5 / 8
    assert narrow.width < wide.width
    assert wide.x_ticks[0].label == "0"
    assert wide.x_ticks[0].place == wide.begin


def test_nobody_answered_is_a_gap_in_the_line() -> None:
    wide, _ = replay_charts(answer(100, 100, None, None, 100, 100))

    assert wide.line.count("M") == 2


def test_seconds_are_written_where_it_takes_so_long() -> None:
    slow, _ = replay_charts(answer(100, 9000, 100))
    fast, _ = replay_charts(answer(100, 200, 100))

    assert (slow.unit, fast.unit) == ("s", "ms")


def test_a_replay_in_which_nobody_is_answered_is_drawn_all_the_same() -> None:
    wide, _ = replay_charts(answer(None, None, None))

    assert wide.line == ""
    assert wide.most_waiting == 20
