"""Areas of a design, their seals, and the sentence that says why an approval no longer holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest

from tests.topology.stages.cast import design_at
from topology import document
from topology.areas import (
    Area,
    Seal,
    areas_of,
    assumptions_digest,
    assumptions_of,
    changed_areas,
    why_stale,
)
from topology.bundles import build, host_members
from topology.capacity import ENGINE
from topology.components import catalogue
from topology.design import Design
from topology.errors import TierwrightError
from topology.merging import MISSING, Edit, apply, value_at
from topology.workload import Workload

PARTS = ("area", "design", "files", "assumptions", "engine")


@lru_cache(maxsize=1)
def _start() -> Design:
    return design_at("load_balanced")


@lru_cache(maxsize=1)
def _was() -> Mapping[str, Area]:
    return areas_of(build(_start()))


def _edited(edits: Mapping[str, Any], design: Design | None = None) -> Design:
    data = document.to_data(design or _start())
    made = [Edit(path=path, was=value_at(data, path), value=value) for path, value in edits.items()]
    return apply(design or _start(), made)


def _now(edits: Mapping[str, Any]) -> Mapping[str, Area]:
    return areas_of(build(_edited(edits)))


def _why(area: str, edits: Mapping[str, Any]) -> str | None:
    return why_stale(_was()[area].seal, _was(), _now(edits))


def test_every_tier_every_role_and_the_rest_of_the_plan_is_an_area() -> None:
    areas = _was()

    roles = {placed.role.name for placed in build(_start()).cluster.placed}
    assert areas.keys() == {
        *(f"tier:{name}" for name in ("balancer", "web", "media", "database")),
        *(f"role:{role}" for role in roles),
        "plan",
    }
    assert {"haproxy", "chrony"} <= roles
    assert (areas["tier:web"].title, areas["tier:web"].hosts) == ("tier web", ("web1", "web2"))
    assert (areas["role:postgresql"].title, areas["role:postgresql"].hosts) == ("role postgresql", ("db1",))
    assert (areas["plan"].title, areas["plan"].hosts) == ("the plan outside its tiers", ())
    assert all(area.seal.area == name == area.name for name, area in areas.items())


def test_the_tiers_hold_every_file_but_that_of_all_names_and_a_role_those_it_writes() -> None:
    bundle = build(_start())
    areas = areas_of(bundle)

    held: dict[str, str] = {}
    for area in areas.values():
        held.update(area.files if area.name.startswith("tier:") else {})
    given = {member.path: member.sha256 for member in host_members(bundle)}
    assert held == {path: sha256 for path, sha256 in given.items() if not path.endswith("/rootfs/etc/hosts")}
    assert list(areas["role:haproxy"].files) == ["hosts/lb1/rootfs/etc/haproxy/haproxy.cfg"]
    assert areas["plan"].files == {}


def test_the_same_design_has_the_same_seals() -> None:
    again = document.from_data(document.to_data(_start()), catalogue=catalogue())

    now = areas_of(build(again))

    assert {name: area.seal for name, area in now.items()} == {name: area.seal for name, area in _was().items()}
    assert changed_areas(_was(), now) == ()
    assert [why_stale(area.seal, _was(), now) for area in _was().values()] == [None] * len(_was())


def test_notes_are_of_the_plan_alone() -> None:
    now = _now({"notes": "Move in January."})

    assert changed_areas(_was(), now) == ("plan",)
    assert [name for name, area in _was().items() if why_stale(area.seal, _was(), now)] == ["plan"]


def test_a_setting_of_one_role_changes_its_tier_and_its_role() -> None:
    now = _now({"tiers/database/roles/postgresql": {"work_mem_kib": 8192}})

    assert changed_areas(_was(), now) == ("tier:database", "role:postgresql")


def test_areas_that_came_and_went_are_changed() -> None:
    now = _now({"tiers/cache": {"servers": {"count": 1, "type": "small"}, "roles": ["bind9"]}})
    there, back = changed_areas(_was(), now), changed_areas(now, _was())

    assert {"tier:cache", "role:bind9"} <= {*there}
    assert {*there} == {*back}


@pytest.mark.parametrize(
    ("area", "edits", "says"),
    [
        (
            "tier:web",
            {"tiers/web/servers": {"count": 3, "type": "small"}},
            "the tier web has 3 servers instead of 2",
        ),
        (
            "tier:balancer",
            {"tiers/web/servers": {"count": 3, "type": "small"}},
            "haproxy.cfg on lb1 changed: the tier web has 3 servers instead of 2",
        ),
        (
            "role:haproxy",
            {"tiers/web/servers": {"count": 3, "type": "small"}},
            "haproxy.cfg on lb1 changed: the tier web has 3 servers instead of 2",
        ),
        (
            "role:nginx",
            {"tiers/web/servers": {"count": 3, "type": "small"}},
            "nginx runs on web1, web2 and web3 instead of web1 and web2",
        ),
        (
            "tier:web",
            {"tiers/web/servers/web1/type": "large"},
            "type of the server web1 is large instead of small",
        ),
        (
            "role:gunicorn",
            {"tiers/web/servers/web1/type": "large"},
            "the server type on web1 is large instead of small",
        ),
        (
            "tier:database",
            {"tiers/database/roles/postgresql": {"work_mem_kib": 8192}},
            "postgresql.work_mem_kib of the tier database is 8192, which was not written before",
        ),
        (
            "role:postgresql",
            {"tiers/database/roles/postgresql": {"work_mem_kib": 8192}},
            "postgresql.work_mem_kib on db1 is 8192 instead of derived",
        ),
        (
            "role:gunicorn",
            {"tiers/web/roles/gunicorn": {"workers": 9}},
            "gunicorn.workers on web1 and web2 is 9 instead of derived",
        ),
        (
            "tier:web",
            {"workload/peak_requests_per_second": 500},
            "the assumptions changed: peak 30 → 500 requests/s",
        ),
        (
            "plan",
            {"workload/peak_requests_per_second": 500, "promise": {"p95_ms": 300, "availability": 0.999}},
            "the assumptions changed: peak 30 → 500 requests/s, promised p95 not said → 300 ms, promised"
            " availability not said → 0.999",
        ),
        ("plan", {"currency": "EUR"}, "the assumptions changed: currency USD → EUR"),
        (
            "plan",
            {"sites/news/domains": ["www.example.com", "example.com"]},
            "domains of the site news are www.example.com, example.com instead of www.example.com",
        ),
        ("tier:media", {"tiers/media": MISSING, "tiers/web/roles/nfs_client": MISSING}, "tier media is gone"),
        (
            "role:nfs_server",
            {"tiers/media": MISSING, "tiers/web/roles/nfs_client": MISSING},
            "role nfs_server is gone",
        ),
        (
            "tier:web",
            {"tiers/media": MISSING, "tiers/web/roles/nfs_client": MISSING},
            "nfs_client of the tier web is gone",
        ),
        (
            "role:haproxy",
            {"tiers/web/servers": {"count": 3, "type": "small"}, "notes": "x"},
            "haproxy.cfg on lb1 changed: the tier web has 3 servers instead of 2",
        ),
        (
            "role:haproxy",
            {
                "tiers/web/servers": {"count": 3, "type": "small"},
                "tiers/media/servers/media1/type": "medium",
                "sites/news/domains": ["www.example.org"],
            },
            "haproxy.cfg on lb1 changed; elsewhere in the plan, the tier web has 3 servers instead of 2, type of the"
            " server media1 is medium instead of small, domains of the site news are www.example.org instead of"
            " www.example.com",
        ),
        ("tier:web", {"notes": "x"}, None),
        ("role:nginx_media", {"tiers/web/servers": {"count": 3, "type": "small"}}, None),
    ],
)  # fmt: skip
def test_the_sentence_names_the_part_that_changed(area: str, edits: Mapping[str, Any], says: str | None) -> None:
    assert _why(area, edits) == says


def test_many_changes_are_named_up_to_three_and_then_counted() -> None:
    says = _why(
        "tier:web",
        {
            f"tiers/web/servers/web{n}/{key}": v
            for n in (1, 2)
            for key, v in (("type", "large"), ("address", f"10.0.0.9{n}"))
        },
    )

    assert says == (
        "type of the server web1 is large instead of small, address of the server web1 is 10.0.0.91 instead of"
        " 10.0.0.11, type of the server web2 is large instead of small and 1 more change"
    )


def test_another_machine_under_the_same_name_of_its_type_stales() -> None:
    kind = {"cores": 4, "ram_mib": 8192, "price_month": 100}
    rented = _edited({"server_types": {"box": kind}, "tiers/database/servers/db1/type": "box"})
    was = areas_of(build(rented))
    smaller = areas_of(build(_edited({"server_types/box/cores": 2}, rented)))
    dearer = areas_of(build(_edited({"server_types/box/price_month": 120}, rented)))

    def says(area: str, now: Mapping[str, Area]) -> str | None:
        return why_stale(was[area].seal, was, now)

    assert says("tier:database", smaller) == "cores of the server type box is 2 instead of 4"
    assert says("role:postgresql", smaller) == "cores of the server type box is 2 instead of 4"
    assert says("tier:database", dearer) == "the assumptions changed: price of box 100 USD → 120 USD a month"
    assert says("plan", dearer) == "the assumptions changed: price of box 100 USD → 120 USD a month"
    assert (says("tier:balancer", smaller), says("tier:balancer", dearer)) == (None, None)
    assert {name for name in was if name in changed_areas(was, dearer)} == {"plan"}


def test_another_engine_stales_every_approval() -> None:
    seal = dataclasses.replace(_was()["tier:web"].seal, engine="1.9")

    assert why_stale(seal, _was(), _was()) == f"the forecast's engine is {ENGINE} instead of 1.9"


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("design", "tier web is not what was approved"),
        ("assumptions", "tier web is not what was approved"),
        ("files", "the files of tier web are written otherwise by this version of the program"),
    ],
)  # fmt: skip
def test_a_seal_decides_even_where_the_revision_cannot_tell_what_changed(part: str, says: str) -> None:
    """As after an update of the program: what was approved is worked out anew and looks the same."""
    seal = dataclasses.replace(_was()["tier:web"].seal, **{part: "0" * 64})

    assert why_stale(seal, _was(), _was()) == says


def test_where_the_revision_cannot_be_worked_out_the_approval_falls_without_details() -> None:
    seal = dataclasses.replace(_was()["tier:web"].seal, design="0" * 64, files="0" * 64)

    assert why_stale(seal, {}, _was()) == "tier web is not what was approved"
    assert why_stale(_was()["tier:web"].seal, {}, _was()) is None


def test_assumptions_are_those_of_the_workload_that_was_used() -> None:
    plan = _edited({"workload": {"file": "site.log"}})
    read = Workload(peak_requests_per_second=70)

    assumed = areas_of(build(plan, read))["tier:web"].assumptions

    assert assumed["workload"] == {"peak_requests_per_second": 70}
    assert assumptions_of(plan)["workload"] == {"file": "site.log"}
    assert assumptions_digest(plan, read) != assumptions_digest(plan) == assumptions_digest(plan)


def test_assumptions_know_what_each_type_of_server_costs() -> None:
    assert assumptions_of(_start()) == {
        "workload": document.to_data(_start())["workload"],
        "promise": {},
        "currency": "USD",
        "prices": {"small": [55.84, "USD"]},
    }


def test_a_seal_is_kept_as_plain_data_and_read_again() -> None:
    seal = _was()["role:haproxy"].seal

    assert Seal.read(seal.as_data()) == seal
    assert tuple(seal.as_data()) == PARTS


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"area": "plan"}, {**dict.fromkeys(PARTS, "x"), "y": "z"}, dict.fromkeys(PARTS, 3),
        dict.fromkeys(PARTS, ""), dict.fromkeys(PARTS, "x" * 101),
    ],
)  # fmt: skip
def test_what_is_no_seal_is_refused(data: Any) -> None:
    with pytest.raises(TierwrightError, match="seal"):
        Seal.read(data)
