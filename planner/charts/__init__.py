"""The geometry of the charts that the server draws as SVG; each has a table as its twin."""

from __future__ import annotations

from planner.charts.bars import Bar, bar, promised_share
from planner.charts.heat import Heat, HeatCell, HeatRow, HeatRun, heat_of
from planner.charts.profiles import (
    HEIGHT,
    HUE_OF_KIND,
    WEEKDAYS,
    Column,
    Columns,
    Shares,
    Slice,
    class_shares,
    hour_name,
    hour_profile,
)
from planner.charts.replays import ReplayChart, replay_charts
from planner.charts.responses import Mark, ResponseChart, response_charts
from planner.charts.scales import Scale, path_of, round_up, smooth_path_of
from planner.charts.timeline import LimitRow, TimeLine, YearTick, month_name, time_line

__all__ = [
    "HEIGHT", "HUE_OF_KIND", "WEEKDAYS", "Bar", "Column", "Columns", "Heat", "HeatCell", "HeatRow", "HeatRun",
    "LimitRow", "Mark", "ReplayChart", "ResponseChart", "Scale", "Shares", "Slice", "TimeLine", "YearTick", "bar",
    "class_shares", "heat_of", "hour_name", "hour_profile", "month_name", "path_of", "promised_share", "replay_charts",
    "response_charts", "round_up", "smooth_path_of", "time_line",
]  # fmt: skip
