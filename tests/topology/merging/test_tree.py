"""A plan document is addressed by the names in it, never by places in lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.builders import plans
from tests.topology.merging.cast import MANY, PLAN
from topology.merging import MISSING, flatten, value_at


def test_a_document_is_addressed_by_names() -> None:
    flat = flatten(PLAN)

    assert flat["tiers/web/servers/count"] == 2
    assert flat["tiers/web/roles/gunicorn/workers"] == 9
    assert flat["tiers/web/roles/nginx"] == {}
    assert flat["tiers/database/servers/db1/address"] == "10.0.0.31"
    assert flat["tiers/database/servers/#order"] == ["db1", "db2"]
    assert flat["workload/peak_requests_per_second"] == {"low": 300, "mid": 350, "high": 500}
    assert not any(part.isdecimal() for path in flat for part in path.split("/"))


@MANY
@given(plans())
def test_what_a_path_says_is_found_at_it(data: dict[str, Any]) -> None:
    flat = flatten(data)

    assert {path: value_at(data, path) for path in flat} == flat


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", PLAN),
        ("tiers/web", {"servers": {"count": 2, "type": "medium"}, "roles": ["nginx", {"gunicorn": {"workers": 9}}]}),
        ("tiers/database/servers/db2/roles/postgresql_replica", {}),
        ("tiers/database/servers/db2/roles", ["postgresql_replica"]),
        ("tiers/#order", ["web", "database"]),
        ("tiers/0", MISSING),
        ("tiers/web/servers/count/more", MISSING),
        ("promise/availability", MISSING),
        ("/promise", MISSING),
    ],
)  # fmt: skip
def test_any_part_of_a_document_has_an_address(path: str, value: Any) -> None:
    assert value_at(PLAN, path) == value


def test_a_slash_or_a_tilde_in_a_name_is_escaped() -> None:
    data = {"waivers": [{"check": "one-leader", "where": "tier web/a~b", "reason": "known to us", "by": "ana"}]}

    assert flatten(data)["waivers/one-leader tier web~1a~0b/by"] == "ana"
    assert value_at(data, "waivers/one-leader tier web~1a~0b/by") == "ana"


def test_a_list_in_which_a_name_stands_twice_is_one_statement() -> None:
    roles = ["nginx", "nginx"]

    assert flatten({"tiers": [{"name": "web", "roles": roles}]}) == {"tiers/web/roles": roles}
