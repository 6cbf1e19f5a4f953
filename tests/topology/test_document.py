"""The plan file: what is written comes back, and what is wrong is refused with its place."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests import builders
from topology import document
from topology.components import catalogue
from topology.document import PlanRefused
from topology.errors import TierwrightError

PLAN = """\
tierwright: 1
name: newspaper
sites:
  - {name: newspaper, domains: [www.example.com]}
workload: {peak_requests_per_second: 350, classes: {page: {share: 0.1}, media: {share: 0.9}}}
tiers:
  - name: web
    servers: {count: 3, type: medium}
  - name: database
    servers:
      - {name: db1, type: large, address: 10.0.0.31}
      - {name: db2, type: large}
"""


def load(text: str | bytes) -> Any:
    return document.load(text, catalogue=catalogue(), file="plan.yaml")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(builders.plans())
def test_any_plan_comes_back_as_it_was(data: dict[str, Any]) -> None:
    design = document.from_data(data, catalogue=catalogue())

    again = document.load(document.to_yaml(design), catalogue=catalogue())

    assert again == design
    assert document.to_data(again) == document.to_data(design)
    assert document.digest(again) == document.digest(design)
    assert document.from_data(document.to_data(design), catalogue=catalogue()) == design


def test_digest_is_the_sha256_of_the_canonical_json_of_what_was_written() -> None:
    text = json.dumps(
        {**builders.NEWSPAPER, "notes": "für alle"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )

    design = builders.newspaper(notes="für alle")

    assert document.digest(design) == hashlib.sha256(text.encode()).hexdigest()


def test_yaml_and_json_of_one_plan_have_one_digest() -> None:
    from_yaml = load(PLAN)
    from_json = load(json.dumps(document.to_data(from_yaml)))

    assert document.digest(from_yaml) == document.digest(from_json)


@pytest.mark.parametrize(
    ("find", "put", "place", "says"),
    [
        ("type: medium", "type: medum", "plan.yaml:8, tiers[0].servers.type", "no server type is called medum"),
        ("count: 3", "count: '3'", "plan.yaml:8, tiers[0].servers.count", "must be a whole number"),
        ("count: 3", "count: 0", "plan.yaml:8, tiers[0].servers.count", "greater than or equal to 1"),
        ("count: 3", "cuont: 3", "plan.yaml:8, tiers[0].servers.cuont", "did you mean count?"),
        ("name: web", "name: web\n    rolls: []", "plan.yaml:8, tiers[0].rolls", "did you mean roles?"),
        ("name: web", "name: web\n    roles: [nope]", "plan.yaml:8, tiers[0].roles[0]", "no role is called nope"),
        ("10.0.0.31}", "10.9.0.31}", "plan.yaml:11, tiers[1].servers[0].address", "not a host address of the network"),
        ("db2, type: large", "db1, type: large", "plan.yaml:12, tiers[1].servers[1].name", "stands here twice"),
        ("name: db2", "name: web2", "plan.yaml:12, tiers[1].servers[1].name", "the server web2 stands here twice"),
        ("name: database", "name: web", "plan.yaml:9, tiers[1].name", "the tier web stands here twice"),
        ("name: web", f"name: {'w' * 40}", "plan.yaml:7, tiers[0].name", "use a name that leaves room"),
        ("name: db2", "name: localhost", "plan.yaml:12, tiers[1].servers[1].name", "every host calls itself localhost"),
        ("www.example.com", "'<b>'", "plan.yaml:4, sites[0].domains[0]", "a domain is two or more labels"),
        ("www.example.com", "Bücher.example", "plan.yaml:4, sites[0].domains[0]", "xn--bcher-kva.example"),
        ("share: 0.1", "share: 0.3", "plan.yaml:5, workload", "add up to 1.200"),
        ("share: 0.1", "share: .nan", "plan.yaml:5, workload.classes.page.share", "must be a number"),
        ("tierwright: 1", "tierwright: 2", "plan.yaml:1, tierwright", "version 1"),
        ("name: newspaper\n", "name: 'news\\npaper'\n", "plan.yaml:2, name", "lower-case letters"),
        ("name: newspaper\n", 'name: "$(id)"\n', "plan.yaml:2, name", "lower-case letters"),
        ("name: newspaper\n", "name: 7\n", "plan.yaml:2, name", "must be text"),
        ("name: newspaper\n", "name: a\nname: b\n", "plan.yaml:3", "stands here twice"),
        ("tiers:", "notes: &x [1]\ntiers:", "plan.yaml:6", "anchors and aliases"),
    ],
)  # fmt: skip
def test_a_wrong_plan_is_refused_with_its_place(find: str, put: str, place: str, says: str) -> None:
    assert find in PLAN

    with pytest.raises(TierwrightError) as refusal:
        load(PLAN.replace(find, put, 1))

    assert str(refusal.value.place) == place
    assert says in refusal.value.sentence


def test_every_problem_is_listed() -> None:
    with pytest.raises(PlanRefused) as refusal:
        load(PLAN.replace("type: medium", "type: none").replace("10.0.0.31", "10.9.0.31"))

    assert len(refusal.value.lines()) == 2
    assert refusal.value.sentence.endswith("(and 1 more problem)")


@pytest.mark.parametrize("content", ["", "[]", "just words", "tierwright: 1", b"\xff\xfe\x00", "[" * 50_000, "a: [1"])
def test_what_is_no_plan_gets_a_sentence(content: str | bytes) -> None:
    with pytest.raises(TierwrightError) as refusal:
        load(content)

    assert refusal.value.sentence


SITES = "  - {name: a, domains: [www.example.com]}\n  - {name: b, domains: [www.example.com], path: /b/}\n"


def test_sites_of_one_domain_are_told_apart_by_their_paths() -> None:
    one = "  - {name: newspaper, domains: [www.example.com]}\n"

    assert [site.path for site in load(PLAN.replace(one, SITES)).sites] == ["/", "/b/"]
    with pytest.raises(TierwrightError, match=r"the path /b/ of the domain www\.example\.com stands here twice"):
        load(PLAN.replace(one, SITES + "  - {name: c, domains: [www.example.com], path: /b/}\n"))


def test_two_externals_have_two_names() -> None:
    external = {"name": "database", "kind": "postgresql", "endpoint": "db.example.net:5432"}

    with pytest.raises(TierwrightError, match="the external database stands here twice"):
        builders.newspaper(externals=[external, external])


def test_a_missing_tier_is_named() -> None:
    with pytest.raises(TierwrightError) as refusal:
        load(PLAN[: PLAN.index("tiers:")])

    assert refusal.value.place.path == "tiers"


def test_addresses_are_given_in_order_from_the_network() -> None:
    design = load(PLAN)

    assert [(host.name, host.address) for host in design.hosts] == [
        ("web1", "10.0.0.11"),
        ("web2", "10.0.0.12"),
        ("web3", "10.0.0.13"),
        ("db1", "10.0.0.31"),
        ("db2", "10.0.0.14"),
    ]


def test_a_workload_is_read_alone_or_from_the_json_of_intake() -> None:
    alone = document.load_workload("peak_requests_per_second: 12.5")
    within = document.load_workload('{"facts": {}, "workload": {"peak_requests_per_second": 12.5}}')

    assert alone == within


def test_a_wrong_workload_inside_the_json_of_intake_keeps_its_line() -> None:
    with pytest.raises(TierwrightError) as refusal:
        document.load_workload('{"facts": {},\n "workload":\n {"peak_requests_per_second": "x"}}', file="w.json")

    assert refusal.value.place.line == 3


def test_schema_knows_every_role_and_refuses_unknown_keys() -> None:
    schema = document.schema(catalogue())

    assert set(schema["$defs"]["Role"]["anyOf"][0]["enum"]) == set(catalogue().by_role)
    assert schema["additionalProperties"] is False
    assert all("description" in field for field in schema["properties"].values())
