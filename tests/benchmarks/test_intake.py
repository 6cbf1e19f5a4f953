"""A tenth of the benchmark of intake: the same facts as the independent count, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.independent_count import count
from tests.benchmarks.intake_speed import MEMORY_MIB, make_log, run_goaccess, run_intake, warm


def test_a_hundred_thousand_lines_have_the_independent_facts_in_bounded_memory(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    log = make_log(tmp_path, 100_000)
    warm()

    ours, facts = run_intake(log)
    theirs = run_goaccess(log)

    truth = count(log)
    assert {key: facts[key] for key in truth} == truth
    assert ours.memory_mib < MEMORY_MIB
    record_testsuite_property("lines_per_cpu_second", round(100_000 / ours.cpu_s))
    if theirs is not None:
        record_testsuite_property("times_goaccess", round(theirs.cpu_s / ours.cpu_s, 1))
