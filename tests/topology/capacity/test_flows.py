"""Where requests go, by the edges alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.capacity.parts import cluster, plan, tier, work
from topology.capacity.flows import Route, routes
from topology.design import TierwrightError
from topology.workload import Kind


def route(kind: Kind, *tiers: dict[str, Any]) -> Route:
    return routes(cluster(plan(*tiers), work()), [kind])[kind]


def visits(kind: Kind, *tiers: dict[str, Any]) -> dict[str, float]:
    return {f"{role} {host}": round(count, 6) for (host, role), count in route(kind, *tiers).visits.items()}


def test_a_page_passes_web_app_and_database() -> None:
    found = visits("page", tier("web", ["web", "app"]), tier("db", ["rows"]))

    assert found == {"web web1": 1, "app web1": 1, "rows db1": 1}


def test_a_file_ends_at_the_web_server() -> None:
    assert visits("static", tier("web", ["web", "app"]), tier("db", ["rows"])) == {"web web1": 1}


def test_a_balancer_spreads_evenly_and_each_web_server_keeps_to_its_own_application() -> None:
    found = visits("page", tier("lb", ["balancer"]), tier("web", ["web", "app"], count=4), tier("db", ["rows"]))

    assert found["balancer lb1"] == 1
    assert {found[f"web web{n}"] for n in range(1, 5)} == {found[f"app web{n}"] for n in range(1, 5)} == {0.25}
    assert found["rows db1"] == 1


def test_weights_decide_and_a_standby_gets_nothing() -> None:
    servers = [
        {"name": "lb1", "type": "two", "roles": [{"balancer": {"weight": 3}}]},
        {"name": "lb2", "type": "two", "roles": [{"balancer": {"weight": 1}}]},
        {"name": "lb3", "type": "two", "roles": [{"balancer": {"weight": 0}}]},
    ]
    found = visits("page", {"name": "lb", "servers": servers}, tier("web", ["web", "app"]))

    assert [found[f"balancer lb{n}"] for n in (1, 2, 3)] == [0.75, 0.25, 0]


def test_equals_that_all_stand_by_share_evenly() -> None:
    found = visits("page", tier("lb", [{"balancer": {"weight": 0}}], count=2), tier("web", ["web", "app"]))

    assert found["balancer lb1"] == found["balancer lb2"] == 0.5


def test_media_go_to_the_servers_that_are_there_for_them_alone() -> None:
    tiers = (tier("web", ["web", "app"]), tier("media", ["files"], count=2), tier("db", ["rows"]))

    assert visits("media", *tiers) == {"files media1": 0.5, "files media2": 0.5}
    assert visits("static", *tiers) == {"web web1": 1}


def test_every_service_that_a_page_needs_is_asked() -> None:
    found = visits("page", tier("web", ["web", "app"]), tier("db", ["rows"]), tier("memo", ["memo"], count=2))

    assert found["rows db1"] == 1
    assert found["memo memo1"] == found["memo memo2"] == 0.5


def test_a_pool_hands_on_and_a_replica_does_not() -> None:
    found = visits(
        "page", tier("web", ["web", "app"]), tier("pool", ["pool"]), tier("db", ["rows"]), tier("r", ["copy"])
    )

    assert found["pool pool1"] == found["copy r1"] == found["rows db1"] == 1


def test_only_what_comes_from_elsewhere_passes_the_network_card() -> None:
    found = route("page", tier("web", ["web", "app"]), tier("db", ["rows"]))

    assert found.remote == {("web1", "web"): 1, ("web1", "app"): 0, ("db1", "rows"): 1}


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("page", "no server of this plan answers pages; add a server with one of these roles: app"),
        ("api", "no server of this plan answers API requests"),
    ],
)
def test_a_plan_without_an_application_is_refused_with_the_way_out(kind: Kind, says: str) -> None:
    with pytest.raises(TierwrightError) as caught:
        route(kind, tier("web", ["web"]), tier("db", ["rows"]))

    assert says in str(caught.value)
    assert caught.value.place.path == "tiers"


def test_files_that_nobody_answers_are_refused() -> None:
    with pytest.raises(TierwrightError, match="answers media files; add a server with one of these roles: balancer, f"):
        route("media", tier("db", ["rows"]))


def test_a_circle_is_refused_with_its_way() -> None:
    with pytest.raises(TierwrightError, match=r"in a circle: .*left on a1 to right on b1"):
        route("page", tier("a", ["left"]), tier("b", ["right"]))


def test_a_thousand_servers_in_a_row_of_tiers_are_walked_without_recursion() -> None:
    found = visits("page", tier("lb", ["balancer"]), tier("web", ["web", "app"], count=1000), tier("db", ["rows"]))

    assert found["rows db1"] == pytest.approx(1)
