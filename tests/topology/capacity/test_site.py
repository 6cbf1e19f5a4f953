"""The newspaper site on the real components, stage by stage."""

from __future__ import annotations

import pytest

from topology import document
from topology.capacity import ENGINE, Forecast, calibrate, forecast, to_document
from topology.components import catalogue
from topology.design import Design
from topology.value import estimate
from topology.workload import Workload

PLAN = """
tierwright: 1
name: ljworld
sites: [{name: ljworld, domains: [www.example.com]}]
workload:
  peak_requests_per_second: 350
  classes:
    page: {share: 0.1, bytes: {mean: 20000}}
    static: {share: 0.4, bytes: {mean: 8000}}
    media: {share: 0.5, bytes: {mean: 20000}}
  observed: {cpu_share: 0.55, requests_per_second: 350, server_type: medium}
tiers:
"""
STAGES = {
    "single": """
  - {name: web, servers: {count: 1, type: medium}, roles: [nginx, gunicorn, postgresql, memcached]}
""",
    "split_database": """
  - {name: web, servers: {count: 1, type: medium}, roles: [nginx, gunicorn, memcached]}
  - {name: database, servers: [{name: db1, type: medium}], roles: [postgresql]}
""",
    "media_server": """
  - {name: web, servers: {count: 1, type: medium}, roles: [nginx, gunicorn, memcached, nfs_client]}
  - {name: media, servers: {count: 1, type: small}, roles: [nginx_media, nfs_server]}
  - {name: database, servers: [{name: db1, type: medium}], roles: [postgresql]}
""",
    "load_balanced": """
  - {name: balancer, servers: {count: 1, type: small}, roles: [haproxy]}
  - {name: web, servers: {count: 3, type: medium}, roles: [nginx, gunicorn, nfs_client]}
  - {name: media, servers: {count: 1, type: small}, roles: [nginx_media, nfs_server, memcached]}
  - {name: database, servers: [{name: db1, type: medium}], roles: [postgresql]}
""",
    "big": """
  - {name: balancer, servers: {count: 2, type: small}, roles: [haproxy, keepalived]}
  - {name: web, servers: {count: 4, type: medium}, roles: [nginx, gunicorn, nfs_client]}
  - {name: media, servers: {count: 2, type: small}, roles: [nginx_media, nfs_client]}
  - {name: files, servers: {count: 1, type: small}, roles: [nfs_server]}
  - {name: cache, servers: {count: 2, type: small}, roles: [memcached]}
  - name: database
    servers: [{name: db1, type: large}, {name: db2, type: large, roles: [postgresql_replica]}]
    roles: [postgresql]
""",
}


def design(stage: str) -> Design:
    return document.load(PLAN + STAGES[stage].lstrip("\n"), catalogue=catalogue())


@pytest.fixture(scope="module")
def forecasts() -> dict[str, Forecast]:
    return {stage: forecast(design(stage)) for stage in STAGES}


def test_every_stage_begins_with_the_same_today(forecasts: dict[str, Forecast]) -> None:
    for found in forecasts.values():
        assert found.today is not None
        assert found.today.predicted_cpu.value == pytest.approx(0.55, abs=0.005)


def test_no_stage_carries_less_than_the_one_before(forecasts: dict[str, Forecast]) -> None:
    capacities = [forecasts[stage].capacity_rps.value for stage in STAGES]

    assert capacities == sorted(capacities)
    assert capacities[0] == pytest.approx(350 / 0.55, rel=0.02)


def test_moving_the_database_out_gains_what_it_took(forecasts: dict[str, Forecast]) -> None:
    # Python takes most of this site's CPU, so the second server gains a sixth and not the book's two thirds.
    gain = forecasts["split_database"].capacity_rps.value / forecasts["single"].capacity_rps.value

    assert 1.05 < gain < 1.25


def test_the_web_tier_is_what_more_web_servers_relieve(forecasts: dict[str, Forecast]) -> None:
    single, balanced = forecasts["media_server"], forecasts["load_balanced"]

    assert single.breaks_first is not None
    assert (single.breaks_first.tier, single.breaks_first.resource) == ("web", "cpu")
    assert balanced.host("web1").max_rps == pytest.approx(3 * (single.host("web1").max_rps or 0), rel=0.05)


def test_what_is_left_alone_is_named(forecasts: dict[str, Forecast]) -> None:
    assert [point.name for point in forecasts["single"].single_points] == ["web1"]
    assert {point.name for point in forecasts["load_balanced"].single_points} == {"balancer1", "media1", "db1"}
    assert {point.name: point.recovery.split(".")[0] for point in forecasts["big"].single_points} == {
        "files1": "Set up a new server and restore the files from the last backup; uploads since then are lost",
        "db1": "A person promotes the replica on db2 and points the applications at it; what had not reached it yet is"
        " lost",
    }


def test_a_written_limit_of_connections_that_does_not_suffice_is_met_first() -> None:
    text = (PLAN + STAGES["split_database"].lstrip("\n")).replace("[postgresql]", "[postgresql: {max_connections: 10}]")

    found = forecast(document.load(text, catalogue=catalogue()))

    assert found.breaks_first is not None
    assert (found.breaks_first.server, found.breaks_first.resource) == ("db1", "connections")
    assert found.capacity_rps.value == 0


def test_nothing_rests_on_guesses_once_it_was_observed(forecasts: dict[str, Forecast]) -> None:
    assert all(found.guessed_share < 0.05 for found in forecasts.values())


def test_every_document_can_be_written(forecasts: dict[str, Forecast]) -> None:
    assert {to_document(found)["engine"] for found in forecasts.values()} == {ENGINE}


def test_calibrating_gives_a_workload_to_keep() -> None:
    plan = design("single")
    assert isinstance(plan.workload, Workload)

    found = calibrate(plan.workload, plan)

    page = found.classes["page"]
    assert estimate(page.app_cpu_ms or 0).basis == "measured"
    again = calibrate(found, plan).classes["page"]
    assert estimate(again.app_cpu_ms or 0).mid == pytest.approx(estimate(page.app_cpu_ms or 0).mid)
