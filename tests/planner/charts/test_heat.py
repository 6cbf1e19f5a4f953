"""The heat strip has a cell for every hour, and says which are too much."""

from __future__ import annotations

import pytest

from planner.charts import heat_of
from planner.charts.heat import STEPS


def test_a_week_is_seven_rows_of_a_day() -> None:
    heat = heat_of([0.1] * 100 + [0.8] + [0.1] * 67)

    assert [row.name for row in heat.rows] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert {sum(run.width for run in row.runs) for row in heat.rows} == {24}
    assert [(run.x, run.width, run.shade) for run in heat.rows[4].runs] == [(0, 4, 0), (4, 1, 6), (5, 19, 0)]
    assert [cell.share for cell in heat.hours[4][1]] == [0.1] * 4 + [0.8] + [0.1] * 2
    assert heat.weekly
    assert (heat.busiest.label, heat.busiest.share) == ("Fri 4:00–5:00", 0.8)


def test_a_day_is_one_row() -> None:
    heat = heat_of([0.2] * 24)

    assert (len(heat.rows), heat.weekly, heat.over) == (1, False, 0)


@pytest.mark.parametrize(("share", "shade"), [(0, 0), (0.1, 0), (0.5, 4), (1, STEPS - 1), (1.01, STEPS), (1e8, STEPS)])
def test_an_hour_is_as_dark_as_it_is_full(share: float, shade: int) -> None:
    assert heat_of([share] * 24).busiest.shade == shade


def test_hours_over_the_capacity_are_counted() -> None:
    assert heat_of([0.9] * 20 + [1.1] * 4).over == 4
