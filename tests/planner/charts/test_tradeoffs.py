"""The picture of what money buys: places, what lies outside, and the steps of the front."""

from __future__ import annotations

from typing import Any

from planner.charts.tradeoffs import DOWN, RESPONSE, Spot, trade_offs


def spot(rank: Any, cost: float | None, p95_ms: float | None, availability: float | None = 0.999, **more: Any) -> Spot:
    said = {"label": "", "says": "A design", "anchor": "front-1", **more}
    return Spot(rank=rank, cost=cost, p95_ms=p95_ms, availability=availability, **said)


FRONT = (spot("winner", 100, 400), spot("front", 300, 200), spot("front", 200, 300), spot("now", 250, 350))


def test_dearer_lies_right_and_slower_lies_high() -> None:
    wide, narrow = trade_offs(FRONT, [], RESPONSE, promised=500, budget=None)

    places = {point.spot.cost: (point.x, point.y) for point in wide.points}
    assert places[100][0] < places[200][0] < places[300][0]
    assert places[100][1] < places[200][1] < places[300][1]
    assert wide.promise is not None
    assert wide.top < wide.promise < places[100][1]
    assert (wide.width, narrow.width) == (560, 340)


def test_the_winner_is_drawn_last_and_says_its_figures() -> None:
    chart, _ = trade_offs(FRONT, [], RESPONSE, promised=500, budget=250)

    assert chart.points[-1].spot.rank == "winner"
    assert chart.points[-1].title == "A design: 100 a month, 400 ms"
    assert chart.budget is not None


def test_the_front_goes_right_before_it_goes_down() -> None:
    chart, _ = trade_offs(FRONT, [], RESPONSE, promised=500, budget=None)

    assert chart.front.startswith("M")
    assert chart.front.count("H") == chart.front.count("V") == 2


def test_what_has_no_place_is_counted() -> None:
    spots = [*FRONT, spot("loser", None, 10), spot("loser", 100, None), spot("loser", 5_000, 100)]

    chart, _ = trade_offs(spots, [], RESPONSE, promised=500, budget=9_000)

    assert (len(chart.points), chart.outside, chart.budget) == (4, 3, None)


def test_the_crowd_is_dots_of_two_kinds_within_the_edges() -> None:
    crowd = [(100, 300.0, 0.999, True), (150, 300.0, 0.999, False), (150, 300.0, 0.999, False), (9_000, 1.0, 0.9, True)]

    chart, _ = trade_offs(FRONT, crowd, RESPONSE, promised=500, budget=None)

    assert (chart.crowd.count("h0"), chart.lacking.count("h0")) == (1, 1)


def test_time_down_is_in_hours_a_year() -> None:
    chart, _ = trade_offs([spot("winner", 100, 10, 0.999)], [], DOWN, promised=20, budget=None)

    assert chart.points[0].title == "A design: 100 a month, 8.76 h a year down"


def test_where_nothing_was_found_everything_is_shown() -> None:
    spots = [spot("now", 100, 500), spot("loser", 3_000, 490)]

    chart, _ = trade_offs(spots, [], RESPONSE, promised=1, budget=None)

    assert (len(chart.points), chart.front, chart.outside) == (2, "", 0)


def test_a_free_design_has_a_place() -> None:
    assert trade_offs([spot("now", 0, 500)], [], RESPONSE, promised=100, budget=None)[0].points
