"""A forecast grows with the tiers of a plan, not with its servers."""

from __future__ import annotations

from tests.benchmarks.forecast_growth import cpu_of, design_of


def test_ten_thousand_servers_cost_about_what_ten_do() -> None:
    few, many = design_of(10), design_of(10_000)

    cpu_of(few, times=1)  # whatever the first forecast of a process loads

    assert cpu_of(many) < 4 * cpu_of(few)
