"""Where each resource of each tier is full."""

from __future__ import annotations

import pytest

from tests.topology.capacity.parts import cluster, plan, tier, work
from topology.capacity.crossings import crossings
from topology.capacity.study import study_of

WEB = tier("web", [{"web": {"file_bytes": 12_500}}, {"app": {"workers": 2}}])


def test_every_resource_of_every_tier_lowest_first() -> None:
    asked = work(10)

    found = crossings(study_of(cluster(plan(WEB, tier("db", ["rows"])), asked), asked).worlds)

    by_name = {(crossing.tier, crossing.resource): crossing for crossing in found}
    assert by_name["web", "network"].at_rps.value == pytest.approx(1000)
    assert by_name["web", "cpu"].at_rps.value == pytest.approx(50)
    assert by_name["db", "cpu"].at_rps.value == pytest.approx(80)
    assert found[0].resource == "workers"
    assert [c.at_rps.value for c in found] == sorted(c.at_rps.value for c in found)


def test_the_busiest_server_of_a_tier_speaks_for_it() -> None:
    servers = [{"name": "strong", "type": "four"}, {"name": "weak", "type": "two"}]
    pair = {"name": "web", "roles": ["web", "app"], "servers": servers}
    asked = work(10)

    found = crossings(study_of(cluster(plan(tier("lb", ["balancer"]), pair), asked), asked).worlds)

    assert [crossing.server for crossing in found if crossing.resource == "cpu"] == ["weak"]


def test_doubt_about_a_cost_is_doubt_about_the_rate() -> None:
    cost = {"low": 20, "mid": 40, "high": 80}
    asked = work(10, classes={"page": {"share": 1, "app_cpu_ms": cost, "database_cpu_ms": 0}})

    [cpu] = [
        crossing
        for crossing in crossings(study_of(cluster(plan(tier("web", ["web", "app"])), asked), asked).worlds)
        if crossing.resource == "cpu"
    ]

    assert (cpu.at_rps.low, cpu.at_rps.value, cpu.at_rps.high) == pytest.approx((25, 50, 100))
