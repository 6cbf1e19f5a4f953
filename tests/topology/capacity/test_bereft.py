"""A design with one named server dead."""

from __future__ import annotations

import pytest

from tests.topology.stages import cast
from topology.capacity import forecast, without
from topology.design import TierwrightError

BIG = cast.design_at("big", cast.large())


def test_what_is_left_is_forecast_with_the_settings_that_it_has() -> None:
    whole = forecast(BIG)

    found = without(BIG, "web1")

    assert found.forecast is not None
    assert found.failure is not None
    assert found.failure.capacity_rps is not None
    assert found.forecast.capacity_rps.value == pytest.approx(found.failure.capacity_rps.value)
    assert found.forecast.capacity_rps.value <= whole.capacity_rps.value
    assert found.says == found.failure.says


def test_where_a_kind_stops_there_is_no_forecast() -> None:
    found = without(BIG, "db1")

    assert found.forecast is None
    assert found.failure is not None
    assert found.failure.stops == ("page",)
    assert found.says.startswith("With db1 dead pages stop")


def test_a_server_that_no_request_needs_is_not_missed() -> None:
    found = without(BIG, "db2")

    assert found.failure is None
    assert found.forecast is not None
    assert found.says == "No request needs db2: the site goes on as before."


def test_half_a_cache_answers_half_as_often() -> None:
    classes = {name: item.model_copy(update={"cached_share": 0.8}) for name, item in cast.large().classes.items()}
    cached = cast.large().model_copy(update={"classes": classes})

    found = without(BIG, "cache2", cached)

    assert found.forecast is not None
    assert found.forecast.host("web1").utilisation["cpu"].value > (
        forecast(BIG, cached).host("web1").utilisation["cpu"].value * 1.5
    )


def test_a_server_that_is_not_there_cannot_die() -> None:
    with pytest.raises(TierwrightError, match="no server of this plan is called nobody"):
        without(BIG, "nobody")
