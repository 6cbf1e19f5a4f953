"""Candidates by arrays: as the forecast says, and the same in whatever pieces they are worked out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.topology.capacity.search.cases import TYPES, alone, balanced, objective, workload
from topology.capacity import Measures, Space, evaluate, forecast, space_of
from topology.capacity.search.assembly import Lifted, lifted
from topology.capacity.search.evaluation import measured
from topology.capacity.search.inputs import expected
from topology.value import Estimate
from topology.workload import Observation, RequestClass, Workload

FIGURES = ("cost", "p95_ms", "availability", "used", "used_with_one_dead")


@pytest.fixture(scope="module")
def resolved() -> Lifted:
    """Both layouts on every type."""
    return lifted([alone(), balanced()], workload(250), objective(), TYPES, worlds=16, names=["alone", "balanced"])


@pytest.fixture(scope="module")
def space(resolved: Lifted) -> Space:
    """Every candidate of up to four web servers."""
    return resolved.whole(objective(), 4)


def test_the_screen_says_what_the_forecast_says(resolved: Lifted, space: Space) -> None:
    found = measured(space, np.arange(space.size), expected(space.inputs))
    carried = np.flatnonzero(found.used[:, 0] < 0.97)
    chosen = carried[:: max(1, len(carried) // 15)]

    for number in chosen.tolist():
        answer = forecast(resolved.design(space, number), workload(250))
        assert found.p95_ms[number, 0] == pytest.approx(answer.latency_ms["p95"].value, rel=2e-3)
        assert found.headroom[number, 0] == pytest.approx(answer.headroom, abs=2e-3)
        assert found.availability[number, 0] == pytest.approx(answer.availability.value, abs=1e-9)
        assert found.cost[number, 0] == pytest.approx(answer.cost_month.amount)


def test_the_loss_of_a_server_is_what_the_forecast_of_the_rest_says(resolved: Lifted, space: Space) -> None:
    found = measured(space, np.arange(space.size), expected(space.inputs))
    alive = np.flatnonzero((found.used[:, 0] < 0.97) & (found.used_with_one_dead[:, 0] > 0))

    for number in alive[:: max(1, len(alive) // 12)].tolist():
        design = resolved.design(space, number)
        last = [host.name for host in design.hosts if host.tier == "web"][-1]
        left = forecast(design, workload(250), lost=(last,))
        assert found.used_with_one_dead[number, 0] == pytest.approx(250 / left.capacity_rps.value, rel=2e-3)


@pytest.mark.parametrize("cut", [1, 4, 16])
def test_any_cut_gives_the_same_bits(space: Space, cut: int) -> None:
    whole = evaluate(space, range(space.size), range(32), seed=9)

    step, worlds = -(-space.size // cut), -(-32 // cut)
    for first in range(0, space.size, step):
        for world in range(0, 32, worlds):
            rows, columns = range(first, min(first + step, space.size)), range(world, min(world + worlds, 32))
            part = evaluate(space, rows, columns, seed=9)
            for name in FIGURES:
                expected_part = getattr(whole, name)[rows.start : rows.stop, columns.start : columns.stop]
                assert np.array_equal(getattr(part, name), expected_part), name


def test_a_space_survives_being_written_down(space: Space) -> None:
    again = Space.model_validate_json(space.model_dump_json())

    assert again == space
    assert _same(evaluate(again, slice(0, 40), range(8), seed=1), evaluate(space, slice(0, 40), range(8), seed=1))


def test_the_seed_makes_the_worlds(space: Space) -> None:
    one, again, other = (evaluate(space, range(10), range(8), seed=seed) for seed in (1, 1, 2))

    assert _same(one, again)
    assert not np.array_equal(one.p95_ms, other.p95_ms)


def test_candidates_are_numbered_without_gaps(space: Space) -> None:
    assert [space.index(*space.locate(number)) for number in range(space.size)] == list(range(space.size))
    with pytest.raises(IndexError):
        evaluate(space, range(space.size, space.size + 1), range(1), seed=0)


def test_more_doubt_about_a_cost_widens_the_answer() -> None:
    sure, unsure = (_spread(doubt) for doubt in (1.2, 2.4))

    assert unsure[0] < sure[0] < sure[1] < unsure[1]


def test_worlds_agree_with_what_was_observed() -> None:
    guessed = Estimate(low=2, mid=12, high=60, basis="guess", source="a test")
    page = RequestClass(share=1, app_cpu_ms=guessed)
    blind = Workload(peak_requests_per_second=50, classes={"page": page})
    seen = blind.model_copy(update={"observed": Observation(cpu_share=0.5, requests_per_second=50, cores=2)})

    ranges = []
    for asked in (blind, seen):
        space = space_of([alone()], asked, objective(), TYPES, worlds=64, most=1)
        found = evaluate(space, range(space.size), range(64), seed=0)
        ranges.append(np.ptp(found.used[0]))

    assert ranges[1] < 0.3 * ranges[0]


def _spread(doubt: float) -> tuple[float, float]:
    space = space_of([alone()], workload(60, doubt=doubt), objective(), TYPES, worlds=32, most=1)
    found = evaluate(space, range(space.size), range(32), seed=4).p95_ms
    return float(found[-1].min()), float(found[-1].max())


def _same(one: Measures, other: Measures) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in FIGURES)
