"""Laws that hold for every design: monotone, scale-free, consistent and finite."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.parts import EXACT, foreseen, tier, work
from topology.capacity import Forecast, to_document
from topology.workload import Workload

costs = st.floats(min_value=0.05, max_value=500)
shares = st.floats(min_value=0.05, max_value=0.95)
rates = st.floats(min_value=0.01, max_value=5000)


@st.composite
def workloads(draw: st.DrawFn, rate: float | None = None, scale: float = 1) -> Workload:
    share = draw(shares)
    page = {"share": share, "app_cpu_ms": _figure(draw(costs) * scale), "database_cpu_ms": _figure(draw(costs) * scale)}
    classes = {"page": page, "static": {"share": 1 - share}}
    more: dict[str, Any] = {"growth_per_year": draw(st.floats(-0.5, 3))} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        more["observed"] = {"cpu_share": draw(st.floats(0.01, 1)), "requests_per_second": draw(rates)}
        page.pop("app_cpu_ms")
    return work(rate or draw(rates), classes=classes, **more)


def _figure(value: float) -> dict[str, Any]:
    return {"low": value * 0.5, "mid": value, "high": value * 3, **EXACT}


def site(webs: int, *, workers: int, databases: str = "four", file_ms: float = 0.1) -> tuple[dict[str, Any], ...]:
    web = [{"web": {"file_ms": file_ms, "file_bytes": 20_000}}, {"app": {"workers": workers}}]
    return tier("lb", ["balancer"]), tier("web", web, count=webs), tier("db", ["rows"], type=databases)


def scaled(workload: Workload, factor: float) -> Workload:
    """Every page `factor` times as dear."""
    data = json.loads(workload.model_dump_json(exclude_unset=True))
    for part in ("app_cpu_ms", "database_cpu_ms"):
        for end in ("low", "mid", "high"):
            data["classes"]["page"][part][end] *= factor
    return Workload.model_validate_json(json.dumps(data))


def numbers(data: Any) -> Iterator[float]:
    if isinstance(data, dict):
        for value in data.values():
            yield from numbers(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from numbers(value)
    elif isinstance(data, float | int):
        yield float(data)


def predicted(data: Any) -> Iterator[dict[str, Any]]:
    """Every predicted number of a document."""
    if isinstance(data, dict):
        if "class" in data:
            yield data
        for value in data.values():
            yield from predicted(value)
    elif isinstance(data, list):
        for value in data:
            yield from predicted(value)


@settings(max_examples=60)
@given(workload=workloads(), webs=st.integers(1, 12), workers=st.integers(1, 40))
def test_every_number_is_finite_and_inside_its_range(workload: Workload, webs: int, workers: int) -> None:
    document = to_document(foreseen(*site(webs, workers=workers), workload=workload))

    assert all(math.isfinite(number) for number in numbers(document))
    for number in predicted(document):
        assert number["low"] <= number["value"] <= number["high"], number
    json.dumps(document, allow_nan=False)


@settings(max_examples=40)
@given(workload=workloads(), webs=st.integers(1, 12), workers=st.integers(1, 20))
def test_more_servers_never_carry_less(workload: Workload, webs: int, workers: int) -> None:
    fewer, more = (foreseen(*site(n, workers=workers), workload=workload) for n in (webs, webs + 1))

    assert more.capacity_rps.value >= fewer.capacity_rps.value * (1 - 1e-9)
    assert more.capacity_rps.low >= fewer.capacity_rps.low * (1 - 1e-9)


@settings(max_examples=40)
@given(workload=workloads(), webs=st.integers(1, 6), workers=st.integers(1, 20))
def test_more_workers_and_more_cores_never_carry_less(workload: Workload, webs: int, workers: int) -> None:
    base = foreseen(*site(webs, workers=workers), workload=workload)

    assert _carries(foreseen(*site(webs, workers=workers + 1), workload=workload), base)
    if workload.observed is None:
        assert _carries(base, foreseen(*site(webs, workers=workers, databases="one"), workload=workload))


def _carries(more: Forecast, less: Forecast) -> bool:
    return more.capacity_rps.value >= less.capacity_rps.value * (1 - 1e-9)


@settings(max_examples=40)
@given(workload=workloads(rate=1e-3), webs=st.integers(1, 6), factor=st.floats(0.01, 100))
def test_dearer_requests_scale_capacity_down(workload: Workload, webs: int, factor: float) -> None:
    if workload.observed is not None:
        return
    tiers = (tier("lb", ["balancer"]), tier("web", ["web", {"app": {"workers": 7}}], count=webs), tier("db", ["rows"]))

    base, dear = foreseen(*tiers, workload=workload), foreseen(*tiers, workload=scaled(workload, factor))

    assert dear.capacity_rps.value == pytest.approx(base.capacity_rps.value / factor, rel=1e-6)
    assert dear.breaks_first is not None
    assert base.breaks_first is not None
    assert (dear.breaks_first.server, dear.breaks_first.resource) == (
        base.breaks_first.server,
        base.breaks_first.resource,
    )


@settings(max_examples=60)
@given(workload=workloads(), webs=st.integers(1, 6), workers=st.integers(1, 20))
def test_the_utilisation_law_ties_capacity_and_load_together(workload: Workload, webs: int, workers: int) -> None:
    found = foreseen(*site(webs, workers=workers), workload=workload)

    assert found.breaks_first is not None
    for host in found.hosts:
        full = host.utilisation["cpu"].value * found.capacity_rps.value / found.offered_rps
        assert full <= 1 + 1e-9
        if (host.name, "cpu") == (found.breaks_first.server, found.breaks_first.resource):
            assert full == pytest.approx(1)
    assert found.headroom == pytest.approx(1 - found.offered_rps / found.capacity_rps.value)


@settings(max_examples=40)
@given(workload=workloads(), webs=st.integers(1, 6), load=st.floats(0.05, 0.9))
def test_more_traffic_is_never_answered_faster(workload: Workload, webs: int, load: float) -> None:
    tiers = site(webs, workers=6)
    capacity = foreseen(*tiers, workload=workload).capacity_rps.value
    unit = workload.peak.mid

    calm = foreseen(*tiers, workload=workload.at(load * capacity / unit))
    busy = foreseen(*tiers, workload=workload.at((load + 0.05) * capacity / unit))

    assert busy.latency_ms["mean"].value >= calm.latency_ms["mean"].value * (1 - 1e-9)
    ordered = [busy.latency_ms[figure].value for figure in ("p50", "p95", "p99")]
    assert ordered == sorted(ordered)


@given(workload=workloads())
@settings(max_examples=20)
def test_the_same_question_gets_the_same_answer(workload: Workload) -> None:
    tiers = site(3, workers=5)

    assert to_document(foreseen(*tiers, workload=workload)) == to_document(foreseen(*tiers, workload=workload))
