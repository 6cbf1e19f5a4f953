"""What a workload leaves out is filled in, and says where it comes from."""

from __future__ import annotations

from topology import demands
from topology.demands import demand_of, surroundings_of
from topology.value import Estimate
from topology.workload import RequestClass, Workload


def test_every_figure_of_the_table_says_its_source_and_no_guess_is_a_point() -> None:
    figures = {name: figure for name, figure in vars(demands).items() if isinstance(figure, Estimate)}

    assert {"READ_DISK", "CLIENT_MBIT", "CLIENT_RTT_MS", "THINK_SECONDS", "BURSTINESS", "CPU_SCV"} <= set(figures)
    assert [name for name, figure in figures.items() if not figure.source] == []
    assert [name for name, figure in figures.items() if figure.basis == "guess" and figure.low == figure.high] == []
    assert {figure.basis for figure in figures.values()} == {"default", "guess"}


def test_a_class_keeps_what_is_said_and_gets_the_rest() -> None:
    told = demand_of(RequestClass(share=1, disk_ms=3, app_cpu_ms=20), "page")
    left_out = demand_of(RequestClass(share=1), "api")

    assert (told.disk_ms.mid, told.disk_ms.basis, told.cpu_scv) == (3, "given", demands.CPU_SCV)
    assert (left_out.disk_ms, left_out.app_cpu_ms) == (demands.API_DISK, demands.API_APP)


def test_the_hot_part_of_a_database_is_a_guess_only_where_nobody_says() -> None:
    unknown = surroundings_of(Workload(peak_requests_per_second=1))
    guessed = surroundings_of(Workload(peak_requests_per_second=1, database_gib=10))
    told = surroundings_of(Workload(peak_requests_per_second=1, database_gib=10, working_set_gib=3, burstiness=1))

    assert unknown.working_set_gib is None
    assert guessed.working_set_gib is not None
    assert (guessed.working_set_gib.low, guessed.working_set_gib.high) == (0.5, 6)
    assert guessed.working_set_gib.basis == "guess"
    assert told.working_set_gib is not None
    assert (told.working_set_gib.mid, told.burstiness.mid, told.client_mbit) == (3, 1, demands.CLIENT_MBIT)
