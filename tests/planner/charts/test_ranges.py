"""Ranges beside each other: what was simulated, over the inputs, and by the formulas."""

from __future__ import annotations

from typing import Any

from planner.charts.ranges import range_charts


def number(low: float, value: float, high: float) -> dict[str, float]:
    return {"low": low, "value": value, "high": high}


def found(**changes: Any) -> dict[str, Any]:
    names = ("mean", "p50", "p95", "p99")
    return {
        "latency_ms": dict.fromkeys(names, number(90, 100, 110)),
        "over_inputs_ms": dict.fromkeys(names, number(50, 100, 200)),
        "formulas": {"latency_ms": dict.fromkeys(names, number(60, 105, 180))},
        **changes,
    }


def test_every_figure_has_three_ranges_in_order() -> None:
    wide, narrow = range_charts(found())

    assert [name for name, _ in wide.rows] == ["mean", "median", "95 %", "99 %"]
    assert len(wide.spans) == len(narrow.spans) == 12
    assert all(span.low < span.value < span.high for span in wide.spans)
    assert wide.unit == "ms"


def test_a_range_without_end_is_cut_and_says_so() -> None:
    chart, _ = range_charts(found(formulas={"latency_ms": {"mean": number(60, 105, 30_000)}}))

    cut = [span for span in chart.spans if span.is_cut]
    assert [span.kind for span in cut] == ["formulas"]
    assert cut[0].high == chart.right
    assert cut[0].title == "105 ms (60 ms to 30 s)"


def test_what_was_not_worked_out_is_left_out() -> None:
    assert len(range_charts(found(over_inputs_ms={}))[0].spans) == 8
    assert range_charts(found(latency_ms={})) == ()
