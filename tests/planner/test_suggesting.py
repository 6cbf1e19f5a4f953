"""What may be suggested at a place, and the edits that come of it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from planner.review.anchors import Sight, parse
from planner.suggesting import edits_of, fields_of
from tests.builders import NEWSPAPER
from topology.components import catalogue
from topology.design import Design
from topology.document import from_data
from topology.errors import TierwrightError
from topology.merging import apply, edits_to_data

PLAN: dict[str, Any] = {
    **NEWSPAPER,
    "tiers": [
        {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", {"gunicorn": {"workers": 9}}]},
        {
            "name": "database",
            "servers": [
                {"name": "db1", "type": "large", "address": "10.0.0.31"},
                {"name": "db2", "type": "large", "roles": ["postgresql_replica"]},
            ],
            "roles": [{"postgresql": {"max_connections": 50}}],
        },
    ],
}


def plan() -> Design:
    """A plan with a counted and a listed tier."""
    return from_data(deepcopy(PLAN), catalogue=catalogue())


def sight() -> Sight:
    """The plan as anchors look at it."""
    return sight_of(plan())


def sight_of(design: Design) -> Sight:
    """A design without files."""
    return Sight(design, text_of=lambda *_: None, figure_of=lambda _: None, check_of=lambda _: None)


def edits(anchor: str, **sent: str) -> list[dict[str, Any]]:
    """The edits of a form, each known to fit."""
    found = edits_of(parse(anchor), plan(), {f"to.{name}": text for name, text in sent.items()})
    apply(plan(), found)
    return edits_to_data(found)


@pytest.mark.parametrize(
    ("anchor", "sent", "edit"),
    [
        ("tier:web", {"count": "3"}, {"path": "tiers/web/servers/count", "was": 2, "value": 3}),
        ("tier:web", {"type": "large"}, {"path": "tiers/web/servers/type", "was": "medium", "value": "large"}),
        ("tier:web", {"drop": "nginx"}, {"path": "tiers/web/roles/nginx", "was": {}}),
        ("tier:web", {"add": "haproxy"}, {"path": "tiers/web/roles/haproxy", "value": {}}),
        (
            "server:db1",
            {"type": "small"},
            {"path": "tiers/database/servers/db1/type", "was": "large", "value": "small"},
        ),
        (
            "setting:web/gunicorn.workers",
            {"value": " 17 "},
            {"path": "tiers/web/roles/gunicorn/workers", "was": 9, "value": 17},
        ),
        ("setting:web/gunicorn.workers", {"derived": "on"}, {"path": "tiers/web/roles/gunicorn/workers", "was": 9}),
        (
            "setting:web/gunicorn.threads",
            {"value": "4"},
            {"path": "tiers/web/roles/gunicorn/threads", "value": 4},
        ),
        (
            "setting:db1/postgresql.max_connections",
            {"value": "70"},
            {"path": "tiers/database/servers/db1/settings", "value": {"postgresql": {"max_connections": 70}}},
        ),
    ],
)
def test_a_form_becomes_edits(anchor: str, sent: dict[str, str], edit: dict[str, Any]) -> None:
    assert edit in edits(anchor, **sent)


def test_a_server_with_roles_of_its_own_is_changed_there() -> None:
    found = edits("setting:db2/postgresql_replica.max_connections", value="60")

    assert found == [
        {"path": "tiers/database/servers/db2/roles/postgresql_replica/max_connections", "value": 60}
    ]  # fmt: skip


def test_what_is_left_as_it_is_suggests_nothing() -> None:
    assert edits("tier:web", count=" ", type="") == []
    assert edits("metric:p95", value="3") == []


@pytest.mark.parametrize(
    ("anchor", "sent", "sentence"),
    [
        ("tier:web", {"count": "2"}, "what stands there already"),
        ("tier:web", {"count": "0"}, "from 1 to 5,000 servers"),
        ("tier:web", {"count": "many"}, "from 1 to 5,000 servers"),
        ("tier:web", {"count": "9" * 5000}, "from 1 to 5,000 servers"),
        ("tier:web", {"count": "\u0663"}, "from 1 to 5,000 servers"),
        ("tier:web", {"type": "huge; rm -rf"}, "use letters, digits, dots"),
        ("tier:web", {"add": "no_such_role"}, "no role is called no_such_role"),
        ("tier:cache", {"count": "2"}, "no tier is called cache"),
        ("setting:web/gunicorn.workers", {"value": "many"}, "number|integer"),
        ("setting:web1/gunicorn.workers", {"value": "3"}, "no server of its own is called web1"),
        ("setting:web/gunicorn.nothing", {"value": "3"}, "nothing"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_a_sentence(
    anchor: str, sent: dict[str, str], sentence: str
) -> None:
    with pytest.raises(TierwrightError, match=sentence):
        edits(anchor, **sent)


@pytest.mark.parametrize(
    ("anchor", "names"),
    [
        ("tier:web", ["to.count", "to.type", "to.add", "to.drop"]),
        ("server:db1", ["to.type"]),
        ("server:web1", []),
        ("setting:web/gunicorn.workers", ["to.value", "to.derived"]),
        ("setting:web/gunicorn.threads", ["to.value"]),
        ("setting:web1/gunicorn.workers", []),
        ("setting:web/gunicorn.nothing", []),
        ("setting:web/apache.workers", []),
        ("file:web1/etc/nginx/nginx.conf", []),
        ("metric:p95", []),
        ("", []),
    ],
)
def test_a_form_offers_what_may_be_changed_at_its_place(anchor: str, names: list[str]) -> None:
    assert [field.name for field in fields_of(parse(anchor), sight())] == names


def test_a_setting_is_typed_as_what_it_is() -> None:
    for role, component in catalogue().by_role.items():
        for name in component.settings.model_fields:
            data = deepcopy(PLAN)
            data["tiers"][0]["roles"] = [role]
            look = sight_of(from_data(data, catalogue=catalogue()))
            fields = fields_of(parse(f"setting:web/{role}.{name}"), look)
            assert fields[0].kind in ("number", "text", "choice")
            assert fields[0].now
