"""Disks, and processes that cannot use every core."""

from __future__ import annotations

from typing import Any

import pytest

from tests import builders
from tests.topology.capacity.parts import EXACT, PAGE, TYPES, work
from topology import capacity
from topology.capacity import queues
from topology.design import Design


def design(*, workers: int | None = None, threads: int = 4) -> Design:
    """A web server of four cores and a database of four."""
    gunicorn: Any = "gunicorn" if workers is None else {"gunicorn": {"workers": workers, "threads": threads}}
    return builders.newspaper(
        server_types=TYPES,
        tiers=[
            {"name": "web", "servers": {"count": 1, "type": "four"}, "roles": ["nginx", gunicorn]},
            {"name": "db", "servers": {"count": 1, "type": "four"}, "roles": ["postgresql"]},
        ],
    )


def page(**more: Any) -> dict[str, Any]:
    """One class of textbook pages, with more said of it."""
    return {"page": {**PAGE, **more}}


def exactly(value: float) -> dict[str, Any]:
    return {"low": value, "mid": value, "high": value, **EXACT}


def test_a_disk_is_full_when_its_reads_take_a_second_a_second() -> None:
    found = capacity.forecast(design(), work(10, classes=page(disk_ms=exactly(20))))

    assert found.host("db1").utilisation["disk"].value == pytest.approx(0.2)
    assert found.breaks_first is not None
    assert (found.breaks_first.server, found.breaks_first.resource) == ("db1", "disk")
    assert found.capacity_rps.value == pytest.approx(50)
    assert "disk of db1" in found.breaks_first.says


def test_waiting_for_the_disk_is_part_of_the_response() -> None:
    """Read alone for 20 ms at 10/s: M/M/1, 20 / (1 - 0.2) = 25 ms more."""
    without = capacity.forecast(design(), work(10, classes=page(disk_ms=exactly(0))))

    found = capacity.forecast(design(), work(10, classes=page(disk_ms=exactly(20))))

    assert found.latency_ms["mean"].value - without.latency_ms["mean"].value == pytest.approx(25, abs=0.5)


def test_the_simulation_waits_for_the_same_disk() -> None:
    asked = work(30, classes=page(disk_ms=exactly(20)))

    found = capacity.simulate(design(), asked, most_requests=200_000)

    assert found.latency_ms["mean"].value == pytest.approx(found.forecast.latency_ms["mean"].value, rel=0.06)


@pytest.mark.parametrize(("gib", "busy"), [(0.5, 0.0), (50.0, 0.0001)])
def test_memory_that_holds_the_data_saves_the_reads(gib: float, busy: float) -> None:
    found = capacity.forecast(design(), work(10, classes=page(), working_set_gib=gib))

    share = found.host("db1").utilisation.get("disk")
    assert (0.0 if share is None else share.value) >= busy
    assert (share is None) is (busy == 0.0)


def test_python_computes_in_as_many_requests_as_it_has_processes() -> None:
    """One process on four cores carries what one core does, however many threads wait in it."""
    found = capacity.forecast(design(workers=1, threads=64), work(10))

    assert found.breaks_first is not None
    assert found.breaks_first.resource == "workers"
    assert found.capacity_rps.value == pytest.approx(queues.closed_throughput(64, 1, 0.04, 0.025), rel=0.01)


def test_the_simulation_lets_processes_take_turns_too() -> None:
    one, many = (capacity.simulate(design(workers=n, threads=16), work(20), most_requests=60_000) for n in (1, 9))

    assert one.latency_ms["p95"].low > 1.5 * many.latency_ms["p95"].high
