"""Planning by rule: the fewest servers of each tier that leave the headroom, counted by the forecast itself."""

from __future__ import annotations

import pytest

from tests.builders import newspaper
from topology.capacity import forecast, headroom_of, needs, servers_needed
from topology.design import Design
from topology.errors import TierwrightError

CLASSES = {"page": {"share": 1, "app_cpu_ms": 10, "database_cpu_ms": 2, "bytes": {"mean": 10_000}}}


def cluster(peak: float = 1000, *, balancer: int = 1, web: int = 1, database: int = 1) -> Design:
    """A balancer, web servers and a database under pages of a known cost."""
    return newspaper(
        workload={"peak_requests_per_second": peak, "classes": CLASSES},
        tiers=[
            {"name": "balancer", "servers": {"count": balancer, "type": "small"}, "roles": ["haproxy"]},
            {"name": "web", "servers": {"count": web, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
            {"name": "database", "servers": {"count": database, "type": "large"}, "roles": ["postgresql"]},
        ],
    )


@pytest.mark.parametrize(("headroom", "web"), [(0, 3), (0.3, 4), (0.5, 6), (0.7, 9)])
def test_the_utilisation_law_gives_the_same_count(headroom: float, web: int) -> None:
    """A page costs 10 ms of Python and 0.0895 ms of nginx on 4 cores: ceil(1000 * 0.01009 / 4 / (1 - headroom))."""
    assert servers_needed(cluster(), headroom=headroom) == {"balancer": 1, "web": web, "database": 1}


def test_the_count_is_the_fewest_that_hold() -> None:
    count = servers_needed(cluster(), headroom=0.5)["web"]

    assert headroom_of(forecast(cluster(web=count)))["web"] >= 0.5
    assert headroom_of(forecast(cluster(web=count - 1)))["web"] < 0.5


def test_the_numbers_that_a_plan_writes_do_not_count() -> None:
    assert servers_needed(cluster(web=40)) == servers_needed(cluster(web=1))


@pytest.mark.parametrize(("peak", "headroom"), [(1, 0.85), (137, 0.2), (2441, 0.75), (4000, 0.4)])
def test_the_headroom_holds_and_more_traffic_never_needs_fewer(peak: float, headroom: float) -> None:
    found = servers_needed(cluster(peak), headroom=headroom)

    assert min(headroom_of(forecast(cluster(peak, **found))).values()) >= headroom - 1e-6
    more = servers_needed(cluster(peak * 1.5), headroom=headroom)
    assert all(more[tier] >= count for tier, count in found.items())


def test_a_need_says_what_fills_first_and_how_far_the_inputs_reach() -> None:
    guessed = newspaper(
        workload={"peak_requests_per_second": 1000, "classes": {"page": {"share": 1}}},
        tiers=[
            {"name": "web", "servers": {"count": 1, "type": "medium"}, "roles": ["nginx", "gunicorn", "postgresql"]}
        ],
    )

    [need] = needs(guessed, headroom=0.5)

    assert need.resource == "cpu"
    assert need.busy == pytest.approx(0.5, abs=0.1)
    assert need.low < need.servers < need.high
    assert (
        need.says == f"web has the work of {need.servers} of type medium, and one server must do it: take one that"
        f" is {need.servers} times as large, or divide the data."
    )


def test_a_database_is_not_shared_out() -> None:
    [_, web, database] = needs(cluster(6000), headroom=0.5)

    assert (web.whole, database.whole) == (False, True)
    assert database.servers == 3
    assert "one server must do it" in database.says


def test_tiers_whose_servers_differ_stand_as_written() -> None:
    design = newspaper(
        workload={"peak_requests_per_second": 1000, "classes": CLASSES},
        tiers=[
            {"name": "web", "servers": {"count": 1, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
            {
                "name": "database",
                "servers": [
                    {"name": "db1", "type": "large"},
                    {"name": "db2", "type": "small", "roles": ["postgresql_replica"]},
                ],
                "roles": ["postgresql"],
            },
        ],
    )

    assert servers_needed(design)["database"] == 2


@pytest.mark.parametrize("headroom", [-0.1, 1, 1.5])
def test_a_headroom_that_leaves_nothing_is_refused(headroom: float) -> None:
    with pytest.raises(TierwrightError, match="leaves nothing to plan with"):
        needs(cluster(), headroom=headroom)


def test_servers_without_memory_are_refused_and_not_multiplied() -> None:
    tiny = {"tiny": {"cores": 4, "ram_mib": 256}}
    design = newspaper(
        workload={"peak_requests_per_second": 100, "classes": CLASSES},
        server_types=tiny,
        tiers=[
            {"name": "web", "servers": {"count": 1, "type": "tiny"}, "roles": ["nginx", "gunicorn"]},
            {"name": "database", "servers": {"count": 1, "type": "large"}, "roles": ["postgresql"]},
        ],
    )

    with pytest.raises(TierwrightError, match="no number of servers of this type suffices in web") as caught:
        needs(design)
    assert str(caught.value).startswith("tiers.web: ")


def test_a_rate_beyond_all_servers_is_refused() -> None:
    with pytest.raises(TierwrightError, match="would need more than 5,000 servers of this type"):
        needs(cluster(1e9))


def test_more_connections_than_a_database_has_memory_for_are_refused_with_the_way_out() -> None:
    with pytest.raises(TierwrightError, match="too many connections"):
        needs(cluster(15_000), headroom=0.8)
