"""The table of advice, row by row, on sites of every kind."""

from __future__ import annotations

import pytest

from tests.topology.stages.cast import SITE, heavy_in_files, large, python_bound, tiny, unobserved, workload
from topology.design import Promise
from topology.hardware import ServerType
from topology.stages import evolve, first
from topology.stages.advice import AHEAD_YEARS, growth_factor
from topology.stages.sizing import verdict
from topology.workload import RequestClass, Workload


@pytest.mark.parametrize(
    ("asked", "recommended", "row"),
    [
        (unobserved(), None, 1),
        (tiny(), "stay", 2),
        (heavy_in_files(), "media_server", 3),
        (python_bound(), "resize", 4),
        (large(), "load_balanced", 4),
        (large().at(100), "load_balanced", 5),
    ],
)
def test_each_row_has_its_site(asked: Workload, recommended: str | None, row: int) -> None:
    stages = evolve(asked)

    assert (stages.recommended, stages.advice.row) == (recommended, row)
    assert stages.why == stages.advice.why


def test_on_guesses_alone_the_one_number_is_asked_for() -> None:
    stages = evolve(unobserved())

    assert "how busy the server was in the log's peak hour" in stages.why
    assert "Even if requests cost the most that they may, it carries" in stages.why


def test_an_observation_of_a_site_without_classes_is_not_enough() -> None:
    seen = workload(30, busy=0.5)
    blind = seen.model_copy(update={"classes": {}})

    stages = evolve(blind)

    assert stages.recommended is None
    assert "name the classes of requests" in stages.why


def test_costs_that_somebody_measured_are_no_guesses() -> None:
    measured = Workload(
        peak_requests_per_second=2,
        classes={"page": RequestClass(share=1, app_cpu_ms=30, database_cpu_ms=5, database_calls=4, cache_lookups=0)},
    )

    assert evolve(measured).recommended == "stay"


def test_a_site_bound_by_python_is_not_told_to_repeat_the_book() -> None:
    stages = evolve(python_bound())

    gain = stages.view("split_database").comparison
    assert gain is not None
    assert gain.gain < 1.2
    assert "A server of its own for the database would buy" in stages.why
    assert stages.advice.option is stages.resize


def test_of_what_keeps_the_promise_the_cheapest_is_taken() -> None:
    stages = evolve(large())

    option = stages.advice.option
    assert option is not None
    holding = [
        view for view in stages.views
        if not view.reached and verdict(view.forecast, view.design.promise).holds
    ]  # fmt: skip
    assert option.forecast.cost_month.amount == min(view.forecast.cost_month.amount or 0 for view in holding)


def test_where_nothing_is_enough_it_says_by_how_much() -> None:
    stages = evolve(large().at(100))

    assert "Nothing here keeps the promise" in stages.why
    assert f"{stages.advice.needed_rps:,.0f} are needed" in stages.why


def test_growth_is_looked_at_half_a_year_ahead() -> None:
    steady = workload(9, busy=0.3)
    growing = workload(9, busy=0.3, growth=3.0)

    assert growth_factor(growing, AHEAD_YEARS) == pytest.approx(2.0)
    assert evolve(steady).recommended == "stay"
    assert evolve(growing).recommended != "stay"
    assert "half a year ahead, 2 times today's peak" in evolve(growing).why


def test_a_shrinking_site_is_held_to_todays_peak() -> None:
    assert growth_factor(workload(9, growth=-0.5), 1.0) == 1.0


def test_an_availability_that_no_single_server_reaches_asks_for_more_of_them() -> None:
    bound = workload(1, busy=0.02)
    modest = evolve(first(SITE, bound, promise=Promise(availability=0.99)))
    impossible = evolve(first(SITE, bound, promise=Promise(availability=0.9999999)))

    assert modest.recommended == "stay"
    assert impossible.recommended == "stay"
    assert "No way here reaches 100.000 % availability; the best is" in impossible.why


def test_a_response_time_that_nothing_reaches_is_said_and_left_out() -> None:
    stages = evolve(first(SITE, tiny(), promise=Promise(p95_ms=0.5)))

    assert stages.recommended == "stay"
    assert "No way here answers 95 % within 0.5 ms; the best is" in stages.why


def test_a_server_that_swaps_is_told_to_take_more_memory() -> None:
    types = {
        "cramped": ServerType(cores=2, ram_mib=300, price_month=10),
        "roomy": ServerType(cores=2, ram_mib=4096, price_month=15),
    }
    asked = workload(1, busy=0.05, on="cramped")

    stages = evolve(first(SITE, asked, server_types=types))

    assert stages.current.forecast.capacity_rps.value == 0
    assert stages.recommended == "resize"
    assert "MiB of memory and has 300" in stages.why
    assert stages.resize is not None
    assert stages.resize.title == "the same layout with web1 on roomy"


def test_memory_that_is_short_by_a_guess_alone_is_asked_about() -> None:
    types = {"tight": ServerType(cores=2, ram_mib=450, price_month=10)}

    stages = evolve(first(SITE, workload(1, busy=0.05, on="tight"), server_types=types))

    use = stages.current.forecast.hosts[0].memory
    assert use.low < use.total < use.used
    assert stages.recommended is None
    assert "See how much memory web1 uses at its peak" in stages.why


def test_types_without_a_price_are_compared_by_what_they_carry() -> None:
    types = {name: ServerType(cores=cores, ram_mib=cores * 4096) for name, cores in (("a", 2), ("b", 4))}

    stages = evolve(first(SITE, workload(30, busy=0.8, on="a"), server_types=types))

    assert stages.recommended in ("resize", "load_balanced", "big")
    assert "an unknown price" in stages.why


def test_where_nothing_runs_at_all_no_way_is_recommended() -> None:
    toy = ServerType(cores=1, ram_mib=128)
    kinds = dict.fromkeys(("small", "medium", "large", "xlarge", "memory"), toy)

    stages = evolve(first(SITE, python_bound(), server_types=kinds))

    assert stages.recommended is None
    assert stages.why.startswith("Nothing here runs: web1 needs")
    assert "Add a larger server type" in stages.why
