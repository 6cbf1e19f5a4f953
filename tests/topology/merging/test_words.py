"""Paths and values are said as a person would."""

from __future__ import annotations

from typing import Any

import pytest

from topology.merging import MISSING, shown, told


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "the plan"),
        ("notes", "notes"),
        ("promise/p95_ms", "promise.p95_ms"),
        ("tiers/web", "the tier web"),
        ("tiers/web/servers", "servers of the tier web"),
        ("tiers/web/servers/count", "the number of servers of the tier web"),
        ("tiers/web/servers/type", "the server type of the tier web"),
        ("tiers/web/servers/web1", "the server web1"),
        ("tiers/web/servers/web1/settings/gunicorn/workers", "gunicorn.workers of the server web1"),
        ("tiers/web/servers/web1/address", "address of the server web1"),
        ("tiers/web/roles/gunicorn", "gunicorn of the tier web"),
        ("tiers/web/roles/gunicorn/workers", "gunicorn.workers of the tier web"),
        ("tiers/#order", "the order of the tiers"),
        ("tiers/web/roles/#order", "the order of the roles of the tier web"),
        ("sites/paper/domains", "domains of the site paper"),
        ("server_types/huge", "the server type huge"),
        ("waivers/one-leader a~1b", "the waiver one-leader a/b"),
    ],
)  # fmt: skip
def test_a_path_is_said_as_a_person_would(path: str, says: str) -> None:
    assert told(path) == says


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (MISSING, "nothing"),
        (None, "nothing"),
        ([], "nothing"),
        (True, "yes"),
        (0.1 + 0.2, "0.3"),
        ({"low": 300, "mid": 350.0, "high": 500}, "350 (300 to 500)"),
        ({"count": 3, "type": "small"}, "3 × small"),
        ([{"name": "web1", "type": "small"}, {"gunicorn": {}}, "nginx"], "web1, gunicorn, nginx"),
        ({"count": "x " * 80, "type": "small"}, ("x " * 39).strip() + " … × small"),
        ({}, "nothing more"),
        ("x " * 80, ("x " * 39).strip() + " …"),
    ],
)  # fmt: skip
def test_a_value_is_short_enough_for_a_sentence(value: Any, says: str) -> None:
    assert shown(value) == says
