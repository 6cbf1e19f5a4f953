"""What stops when one server is gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.capacity.parts import PAGE, foreseen, tier, work
from topology.capacity import SinglePoint

CLASSES = {"page": {**PAGE, "share": 0.4}, "static": {"share": 0.3}, "media": {"share": 0.3}}
WEB = tier("web", [{"web": {"file_ms": 0.1}}, "app"], count=2)
BALANCERS = tier("lb", ["balancer"], count=2)


def points(*tiers: dict[str, Any]) -> dict[str, SinglePoint]:
    return {point.name: point for point in foreseen(*tiers, workload=work(5, classes=CLASSES)).single_points}


def test_one_server_is_the_whole_site() -> None:
    found = points(tier("all", [{"web": {"file_ms": 0.1}}, "app", "rows"]))

    assert found["all1"].stops == "The whole site stops."
    assert "restore the last backup" in found["all1"].recovery


def test_equals_stand_in_for_each_other() -> None:
    assert set(points(BALANCERS, WEB, tier("db", ["rows"]))) == {"db1"}


def test_a_lone_balancer_and_a_lone_database() -> None:
    found = points(tier("lb", ["balancer"]), WEB, tier("db", ["rows"]))

    assert set(found) == {"lb1", "db1"}
    assert found["lb1"].stops == "The whole site stops."
    assert found["lb1"].recovery == "Set up a new server from its files in the bundle; nothing is lost but time."
    assert found["db1"].stops == "Pages stop; static files and media files go on."


def test_a_standby_takes_over_by_itself() -> None:
    standby = tier("lb2", [{"balancer": {"weight": 0}}])

    assert set(points(tier("lb", ["balancer"]), standby, WEB, tier("db", ["rows"], count=2))) == set()


def test_a_replica_must_be_promoted_by_a_person() -> None:
    found = points(BALANCERS, WEB, tier("db", ["rows"]), tier("copy", ["copy"], count=2))

    assert "A person promotes the replica on copy1" in found["db1"].recovery
    assert "what had not reached it yet is lost" in found["db1"].recovery


def test_a_lone_media_server_stops_the_media() -> None:
    found = points(BALANCERS, WEB, tier("db", ["rows"], count=2), tier("media", ["files"]))

    assert found["media1"].stops == "Media files stop; pages and static files go on."
    assert "restore its files from the last backup" in found["media1"].recovery


def test_two_media_servers_still_share_one_disk() -> None:
    found = points(
        BALANCERS, WEB, tier("db", ["rows"], count=2), tier("media", ["files"], count=2), tier("nfs", ["shelf"])
    )

    assert set(found) == {"nfs1"}
    assert "shared files are gone" in found["nfs1"].stops
    assert "uploads since then are lost" in found["nfs1"].recovery


def test_a_lone_cache_is_slow_but_not_fatal() -> None:
    found = points(BALANCERS, WEB, tier("db", ["rows"], count=2), tier("memo", ["memo"]))

    assert "go on without the cache" in found["memo1"].stops
    assert found["memo1"].recovery == (
        "Set up a new server from its files in the bundle. The cache fills again by itself."
    )


def test_a_lone_name_server() -> None:
    found = points(BALANCERS, WEB, tier("db", ["rows"], count=2), tier("ns", ["names"]))

    assert "names are no longer answered" in found["ns1"].stops.lower()
    assert "registrar" in found["ns1"].recovery


def test_two_things_on_one_server_are_both_told() -> None:
    found = points(BALANCERS, WEB, tier("db", ["rows", "memo"]))

    assert found["db1"].stops == (
        "Pages stop; static files and media files go on; requests go on without the cache: every one does its full"
        " work, and data kept only there is lost."
    )


def test_a_cache_does_not_lower_availability() -> None:
    tiers = (BALANCERS, WEB, tier("db", ["rows"], count=2))
    workload = work(5, classes=CLASSES)

    without, beside = foreseen(*tiers, workload=workload), foreseen(*tiers, tier("m", ["memo"]), workload=workload)

    assert beside.availability.value == pytest.approx(without.availability.value)


def test_a_replica_shortens_the_repair() -> None:
    tiers = (BALANCERS, WEB, tier("db", ["rows"]))
    workload = work(5, classes={"page": PAGE})

    alone, copied = (
        foreseen(*tiers, workload=workload),
        foreseen(*tiers, tier("c", ["copy"], count=3), workload=workload),
    )

    assert copied.availability.value > alone.availability.value
