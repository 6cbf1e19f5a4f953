"""A reduction of the benchmark of export: every host of a plan is in the bundle, and the ratio is on record."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.export_speed import cost_of, plan_of


def test_a_host_costs_about_the_same_in_a_large_plan(record_testsuite_property: Callable[[str, object], None]) -> None:
    small, large = (cost_of(plan_of(hosts), checked=False) for hosts in (10, 100))

    assert (small.hosts, large.hosts) == (10, 100)
    assert large.files > small.files
    record_testsuite_property("cpu_of_a_host_grows", round(large.cpu_ms_per_host / small.cpu_ms_per_host, 2))
