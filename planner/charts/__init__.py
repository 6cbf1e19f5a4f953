"""The geometry of the charts that the server draws as SVG; each has a table as its twin."""

from __future__ import annotations

from planner.charts.bars import bar, promised_share
from planner.charts.heat import Heat, heat_of
from planner.charts.lines import LineChart, line_chart
from planner.charts.profiles import class_shares, hour_profile
from planner.charts.ranges import range_charts, range_rows
from planner.charts.replays import replay_charts
from planner.charts.responses import ResponseChart, response_charts
from planner.charts.timeline import TimeLine, time_line
from planner.charts.tradeoffs import DOWN, HOURS_A_YEAR, RESPONSE, Rank, Spot, TradeOff, trade_offs

__all__ = [
    "DOWN", "HOURS_A_YEAR", "RESPONSE", "Heat", "LineChart", "Rank", "ResponseChart", "Spot", "TimeLine", "TradeOff",
    "bar", "class_shares", "heat_of", "hour_profile", "line_chart", "promised_share", "range_charts", "range_rows",
    "replay_charts", "response_charts", "time_line", "trade_offs",
]  # fmt: skip
