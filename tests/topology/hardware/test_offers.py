"""The catalogue of server types: every figure has a source, no price is made up, and a plan may use each name."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

import topology.hardware
from tests.builders import newspaper
from topology.capacity import forecast
from topology.hardware import BUILT_IN, KNOWN, OFFERS, currency_of, offer, source_of

DATA = Path(topology.hardware.__file__).parent / "data"


def rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_the_built_in_types_keep_what_plans_rest_on() -> None:
    kept = {name: (kind.cores, kind.ram_mib, kind.network_mbit, kind.price_month) for name, kind in BUILT_IN.items()}

    assert kept == {
        "small": (2, 4096, 781, 55.84),
        "medium": (4, 8192, 1562, 111.69),
        "large": (8, 16384, 3125, 223.38),
        "xlarge": (16, 32768, 6250, 446.76),
        "memory": (8, 32768, 3125, 252.29),
    }
    assert all(kind.speed == 1 for kind in BUILT_IN.values())


def test_names_are_unique_and_known_beside_the_built_in_ones() -> None:
    counted = Counter([*BUILT_IN, *(item.name for item in OFFERS)])

    assert [name for name, times in counted.items() if times > 1] == []
    assert set(KNOWN) == set(counted)


def test_every_price_has_a_currency_a_source_and_a_date() -> None:
    priced = [item for item in OFFERS if item.type.price_month is not None]

    assert all(item.currency and item.price_source for item in priced)
    assert all(row["date"] for file in ("today.csv", "period.csv") for row in rows(file) if row["price_source"])


def test_what_has_no_source_of_a_price_has_no_price() -> None:
    assert [item.name for item in OFFERS if not item.price_source and item.type.price_month is not None] == []
    assert currency_of("y2010-dual-quad-xeon") is None
    assert source_of("y2010-dual-quad-xeon") == ""


def test_every_shape_and_speed_has_a_source() -> None:
    assert [item.name for item in OFFERS if not (item.shape_source and item.speed.source)] == []


@pytest.mark.parametrize("item", OFFERS, ids=lambda item: item.name)
def test_a_speed_lies_within_its_range_and_the_range_is_not_a_point(item: topology.hardware.Offer) -> None:
    assert item.speed.low < item.speed.mid < item.speed.high
    assert item.type.speed == item.speed.mid


def test_speeds_taken_from_spare_cores_keep_their_own_file_and_licence() -> None:
    notice = (DATA / "speeds.NOTICE").read_text(encoding="utf-8")

    assert "Attribution-ShareAlike 4.0" in notice
    assert {row["name"] for row in rows("speeds.csv")} == {row["name"] for row in rows("today.csv")}
    assert "passmark_single_thread" not in rows("today.csv")[0]


def test_the_reference_processor_has_speed_one() -> None:
    milan = [item for item in OFFERS if item.cpu.startswith("AMD EPYC 7R13")]

    assert milan
    assert all(item.type.speed == 1 for item in milan)


def test_the_catalogue_and_the_built_in_types_agree_where_they_mean_the_same_machine() -> None:
    assert offer("aws-c6a.large").type == BUILT_IN["small"]
    assert offer("aws-m6a.2xlarge").type == BUILT_IN["memory"]


def test_sizes_of_a_family_cost_in_proportion() -> None:
    """What shows that no price of a dedicated machine, a tenth dearer, slipped in."""
    dear = []
    for family in {item.name.split(".")[0] for item in OFFERS if item.provider == "Amazon" and item.year is None}:
        sizes = [item for item in OFFERS if item.name.split(".")[0] == family and "t3" not in family]
        each = [float(item.type.price_month or 0) / item.type.cores for item in sizes]
        dear += [family] if each and max(each) > min(each) * 1.01 else []

    assert dear == []


def test_a_bought_server_is_spread_over_three_years() -> None:
    assert offer("y2006-dual-opteron").type.price_month == pytest.approx(3000 / 36, abs=0.01)
    assert offer("ec2-2013-m1.large").type.price_month == pytest.approx(0.24 * 730, abs=0.01)


def test_a_plan_may_use_a_type_of_the_catalogue_by_name() -> None:
    tiers = [{"name": "web", "servers": {"count": 2, "type": "aws-c7a.large"}, "roles": ["nginx", "gunicorn"]}]
    tiers.append({"name": "database", "servers": {"count": 1, "type": "y2006-dual-xeon"}, "roles": ["postgresql"]})

    answer = forecast(newspaper(tiers=tiers))

    assert answer.capacity_rps.value > 0
    assert answer.hosts[0].name == "web1"
