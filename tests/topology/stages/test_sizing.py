"""Types and numbers of servers follow from the forecast."""

from __future__ import annotations

import pytest

from tests.topology.stages.cast import SITE, design_at, heavy_in_files, python_bound, workload
from topology.capacity import forecast
from topology.design import Design, Promise
from topology.hardware import ServerType
from topology.stages import first
from topology.stages.sizing import (
    DEFAULT_HEADROOM,
    ladder,
    larger,
    needed_rps,
    observed_type,
    promised_headroom,
    resized,
    seen_on,
    sized,
    verdict,
)

OWN = {"box": ServerType(cores=4, ram_mib=8192, price_month=40), "tower": ServerType(cores=16, ram_mib=65536)}


def test_the_ladder_is_the_plans_own_types_or_the_built_in_ones_cheapest_first() -> None:
    design = design_at("single")

    assert ladder(design) == ("small", "medium", "large", "memory", "xlarge")
    assert ladder(design.model_copy(update={"server_types": OWN})) == ("box", "tower")


def test_without_types_in_its_currency_a_plan_keeps_to_those_that_it_uses() -> None:
    assert ladder(design_at("single").model_copy(update={"currency": "EUR"})) == ("small",)


def test_a_larger_type_has_more_of_what_is_short_and_no_less_of_anything() -> None:
    design = design_at("single")

    assert larger(design, "large", "cpu") == ("xlarge",)
    assert larger(design, "large", "memory") == ("memory", "xlarge")
    assert larger(design, "memory", "network") == ("xlarge",)
    assert larger(design, "xlarge", "workers") == ()


def test_the_observed_type_is_the_one_named_or_the_smallest_with_as_many_cores() -> None:
    seen = workload(30, busy=0.8, on=None)
    assert seen.observed is not None
    by_cores = seen.model_copy(update={"observed": seen.observed.model_copy(update={"cores": 7})})

    assert observed_type(first(SITE, workload(30, busy=0.8, on="medium"))) == "medium"
    assert observed_type(first(SITE, by_cores)) == "large"
    assert observed_type(first(SITE, workload(30))) is None


def test_a_server_without_an_observation_is_the_smallest_that_carries_the_peak_with_headroom() -> None:
    design = first(SITE, workload(150))

    answer = forecast(design)

    assert answer.capacity_rps.value >= needed_rps(answer, DEFAULT_HEADROOM)
    smaller = design.model_copy(update={"tiers": first(SITE, workload(1)).tiers})
    assert forecast(smaller).capacity_rps.value < needed_rps(answer, DEFAULT_HEADROOM)


def test_where_no_type_is_enough_the_one_that_carries_most_is_taken() -> None:
    design = first(SITE, workload(100_000))

    assert design.hosts[0].type_name == "xlarge"
    assert not verdict(forecast(design), None).holds


def test_servers_of_a_plan_without_a_workload_keep_their_types() -> None:
    design = design_at("single").model_copy(update={"workload": None})

    assert sized(design, ["web1"]) == design


def test_the_verdict_names_everything_that_is_not_held() -> None:
    promise = Promise(p95_ms=1, availability=0.999999, headroom=0.9)

    says = verdict(forecast(first(SITE, python_bound())), promise).says

    assert "requests/s and 300 are needed" in says
    assert "1 ms are promised" in says
    assert "99.99990" not in says
    assert "100.000 % is promised" in says


def test_memory_that_does_not_fit_is_not_held() -> None:
    crowded = design_at("single").model_copy(
        update={"server_types": {"small": ServerType(cores=2, ram_mib=512, price_month=1)}}
    )

    assert "MiB of memory and has 512" in verdict(forecast(crowded), None).says


@pytest.mark.parametrize(("headroom", "expected"), [(None, DEFAULT_HEADROOM), (0.2, 0.2), (0.0, 0.0)])
def test_the_headroom_is_the_promised_one(headroom: float | None, expected: float) -> None:
    assert promised_headroom(Promise(headroom=headroom)) == expected


def test_resizing_takes_the_tier_that_breaks_first_up_one_type_at_a_time() -> None:
    design = design_at("split_database", python_bound())

    types = [{h.name: h.type_name for h in step.hosts} for step in resized(design, python_bound())]

    assert types[:3] == [
        {"web1": "medium", "db1": "small"},
        {"web1": "large", "db1": "small"},
        {"web1": "xlarge", "db1": "small"},
    ]


def test_a_larger_server_does_not_change_what_was_seen_on_the_small_one() -> None:
    seen = workload(30, busy=0.8, on=None)
    design = first(SITE, seen)
    [bigger, *_] = resized(design, seen_on(seen, design))

    before, after = forecast(design), forecast(bigger, seen_on(seen, design))

    assert after.capacity_rps.value == pytest.approx(2 * before.capacity_rps.value, rel=0.01)


def test_files_are_served_from_a_type_whose_network_card_suffices() -> None:
    design = design_at("media_server", heavy_in_files())

    media = next(host for host in design.hosts if host.name == "media1")
    answer = forecast(design)

    assert media.type_name == "medium"
    assert answer.host("media1").max_rps is not None
    assert (answer.host("media1").max_rps or 0) >= needed_rps(answer, DEFAULT_HEADROOM)
    assert isinstance(design, Design)
