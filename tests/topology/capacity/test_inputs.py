"""What an answer rests on: every figure with its effect, the one that moves it most first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.topology.capacity.test_variations import design
from topology.capacity import Input, Variation, inputs_of, survey_varied
from topology.value import Estimate


def by_name(*, of: str = "page") -> dict[str, Input]:
    return {item.name: item for item in inputs_of(design()) if item.of in (of, "")}


def test_what_moves_the_answer_most_stands_first() -> None:
    effects = [abs(item.effect) for item in inputs_of(design())]

    assert effects == sorted(effects, reverse=True)


def test_a_tenth_more_traffic_leaves_a_tenth_less_room() -> None:
    assert by_name()["peak_requests_per_second"].effect == pytest.approx(1 / 1.1 - 1)


def test_the_effect_of_a_page_is_that_of_dearer_pages() -> None:
    dearer, _ = survey_varied(design(), Variation(page_cost=1.1))
    now, _ = survey_varied(design(), Variation())
    found = by_name()

    assert found["app_cpu_ms"].effect == pytest.approx(dearer.capacity_rps.value / now.capacity_rps.value - 1, rel=0.01)
    assert found["database_cpu_ms"].effect == pytest.approx(0, abs=1e-9)  # its server is not the first to give


def test_costs_stand_as_the_observation_settles_them() -> None:
    found = by_name()["app_cpu_ms"].figure

    assert "fitted" in found.source
    assert found.low < found.mid < found.high


def test_guesses_are_guesses() -> None:
    assert {item.figure.basis for item in inputs_of(design()) if item.name == "bytes"} == {"guess"}


def test_files_have_no_cost_of_pages() -> None:
    assert set(by_name(of="static")) == {"peak_requests_per_second", "share", "bytes"}


def test_a_wider_range_is_more_doubt() -> None:
    found = by_name()["app_cpu_ms"]
    wider = replace(found, figure=Estimate(low=0, mid=found.figure.mid, high=found.figure.high * 2))

    assert wider.doubt > found.doubt > 0


def test_where_no_capacity_is_claimed_nothing_moves_it() -> None:
    tiny = {"tiny": {"cores": 1, "ram_mib": 256}}
    tiers = [{"name": "web", "servers": {"count": 1, "type": "tiny"}, "roles": ["nginx", "gunicorn", "postgresql"]}]

    assert {item.effect for item in inputs_of(design(server_types=tiny, tiers=tiers)) if item.of} == {0.0}
