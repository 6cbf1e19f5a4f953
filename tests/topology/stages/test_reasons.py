"""What speaks for a stage and against it comes from two forecasts, word by word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.topology.stages.cast import design_at, python_bound, tiny, workload
from topology.capacity import Forecast, MemoryUse, SinglePoint, forecast
from topology.stages.base import Comparison
from topology.stages.reasons import lasting, why_not, why_now
from topology.stages.words import availability, price, times
from topology.workload import Workload


def test_a_gain_is_said_with_the_limit_that_it_lifts() -> None:
    says = why_now(_comparison("media_server", "load_balanced"), ())

    assert says.startswith("The CPU of web1 is full at 43.7 requests/s")
    assert "carries 87.2 requests/s, 100 % more." in says
    assert "The site no longer depends on web1 alone." in says


def test_where_nothing_asks_for_it_that_is_said() -> None:
    comparison = _comparison("split_database", "split_database")
    silent = replace(comparison, before=replace(comparison.before, breaks_first=None))

    assert why_now(silent, ()) == "Nothing in the forecast asks for it."


def test_what_is_enough_and_how_long_speaks_against() -> None:
    says = why_not(_comparison("single", "split_database", tiny()), ())

    assert says.startswith("Without it the site carries 50 requests/s; the headroom lasts until 25 times today's peak")
    assert "It carries only 17 % more, since it hardly relieves what breaks first." in says
    assert "It costs 56 USD a month more (56 → 112)." in says
    assert "One more server must be up: db1." in says


def test_a_stage_says_better_than_the_general_word_why_it_gains_little() -> None:
    says = why_not(_comparison("single", "split_database"), ("the database is small",))

    assert "The database is small." in says
    assert "hardly relieves" not in says


def test_a_gain_of_nothing_is_called_nothing() -> None:
    assert "It carries no more, since" in why_not(_comparison("split_database", "media_server"), ())


def test_memory_that_does_not_fit_is_what_breaks() -> None:
    comparison = _comparison("single", "split_database")
    host = comparison.before.hosts[0]
    full = replace(host, memory=MemoryUse(used=9000, low=8000, high=9999, total=4096))
    swapping = replace(
        comparison.before, hosts=(full,), capacity_rps=replace(comparison.before.capacity_rps, value=0.0)
    )

    says = why_now(replace(comparison, before=swapping), ())

    assert says.startswith("Web1 needs 9,000 MiB") or "web1 needs 9,000 MiB and has 4,096, so it swaps" in says
    assert "everything fits, and the site carries" in says


def test_a_price_that_is_not_known_is_said() -> None:
    comparison = _comparison("single", "split_database")
    free = replace(comparison.after, cost_month=replace(comparison.after.cost_month, amount=None))

    assert "Its price is not known" in why_not(replace(comparison, after=free), ())


def test_availability_is_said_where_it_moves_visibly() -> None:
    comparison = _comparison("single", "split_database")
    same = replace(comparison, after=replace(comparison.after, availability=comparison.before.availability))
    point = SinglePoint(name="web9", tier="web", stops="The site stops.", recovery="Set it up.")
    saved = replace(comparison, before=replace(comparison.before, single_points=(point,)))
    risen = replace(comparison.after.availability, value=0.99999)

    assert "Availability falls from 99.954 % to 99.909 %." in why_not(comparison, ())
    assert "vailability" not in why_not(same, ())
    assert "Availability rises" in why_now(replace(saved, after=replace(comparison.after, availability=risen)), ())


@pytest.mark.parametrize(
    ("growth", "says"),
    [
        (None, "how fast traffic grows is not said"),
        (0.0, "at 0 % growth a year that is not in sight"),
        (1.0, "at 100 % growth a year the headroom lasts 56 months"),
    ],
)
def test_how_long_it_lasts_follows_from_growth(growth: float | None, says: str) -> None:
    lasts = lasting(_forecast("single", tiny()), headroom=0.5, growth_per_year=growth)

    assert says in lasts.says
    assert lasts.factor == pytest.approx(25, rel=0.01)
    assert lasts.factor_to_limit == pytest.approx(2 * lasts.factor)


def test_headroom_that_is_used_up_lasts_no_longer() -> None:
    lasts = lasting(_forecast("single", python_bound()), headroom=0.5, growth_per_year=0.5)

    assert lasts.months == 0.0
    assert lasts.says == "the headroom is used up already; the limit is 1.2 times today's peak"


def test_where_no_capacity_is_claimed_nothing_lasts() -> None:
    forecast_ = _forecast("single", tiny())
    none = replace(forecast_, capacity_rps=replace(forecast_.capacity_rps, value=0.0))

    assert "no capacity is claimed" in lasting(none, headroom=0.5, growth_per_year=None).says


def test_numbers_are_written_as_people_write_them() -> None:
    cost = _forecast("single", workload(1, busy=0.1)).cost_month

    assert (times(1.234), times(117.2)) == ("1.2", "117")
    assert availability(0.99954) == "99.954 %"
    assert price(cost) == "56 USD a month"
    assert price(replace(cost, amount=None)) == "an unknown price"


def _forecast(stage: str, asked: Workload | None = None) -> Forecast:
    return forecast(design_at(stage, asked or python_bound()))


def _comparison(before: str, after: str, asked: Workload | None = None) -> Comparison:
    asked = asked or python_bound()
    return Comparison(workload=asked, before=_forecast(before, asked), after=_forecast(after, asked), headroom=0.5)
