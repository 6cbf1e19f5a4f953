"""A sweep over seeds: each run is the simulation's own, and their mean has an interval."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.topology.capacity.search.cases import alone, workload
from topology.capacity import ManySeeds, many_seeds, simulate, sweep_join, sweep_pieces, sweep_question, sweep_text
from topology.capacity.sweeping.question import sweep_work
from topology.capacity.sweeping.seeds import _mean
from topology.errors import TierwrightError


@pytest.fixture(scope="module")
def asked() -> ManySeeds:
    return many_seeds(alone(), workload(20), seed=5, seeds=8, most_requests=10_000)


def swept(asked: ManySeeds, shards: int) -> str:
    parts = [sweep_work(asked, piece, lambda share: None) for piece in sweep_pieces(asked, shards)]
    return sweep_join(asked, parts[::-1])


def test_however_it_is_cut_the_answer_is_the_same_text(asked: ManySeeds) -> None:
    assert swept(asked, 1) == swept(asked, 3) == swept(asked, 8)


def test_a_run_is_the_simulation_with_its_seed(asked: ManySeeds) -> None:
    found: dict[str, Any] = json.loads(swept(asked, 2))

    alone_run = simulate(alone(), workload(20), seed=7, most_requests=10_000)
    assert [run["seed"] for run in found["runs"]] == list(range(5, 13))
    assert found["runs"][2]["latency_ms"]["p95"] == alone_run.latency_ms["p95"].value
    assert found["latency_ms"]["p95"]["low"] < found["latency_ms"]["p95"]["value"] < found["latency_ms"]["p95"]["high"]


def test_the_question_survives_being_written_down(asked: ManySeeds) -> None:
    assert sweep_question(sweep_text(asked)) == asked


def test_the_interval_of_a_mean_is_that_of_student() -> None:
    """Nine values with mean 5 and standard deviation 2.7386: t(0.975, 8) is 2.306."""
    found = _mean([float(value) for value in range(1, 10)], "ms")

    assert found.value == 5
    assert found.high - found.value == pytest.approx(2.306 * 2.7386 / 3, rel=1e-3)


def test_a_saturated_design_has_no_response_time() -> None:
    asked = many_seeds(alone(), workload(5000), seeds=8, most_requests=10_000)

    found = json.loads(swept(asked, 4))

    assert found["saturated"]
    assert found["latency_ms"]["p95"] is None


@pytest.mark.parametrize("changes", [{"seeds": 1}, {"seeds": 10**9}, {"most_requests": 1}, {"seed": -1}])
def test_what_cannot_be_asked_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TierwrightError, match=r"take from 8 to|a run has from 10,000|a seed is a whole"):
        many_seeds(alone(), workload(20), **changes)
