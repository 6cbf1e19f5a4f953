"""Roles stand in the groups in which people look for them."""

from __future__ import annotations

import pytest

from planner.kinds import OTHER, kind_at, rank_of
from topology.components import catalogue


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("haproxy", "In front"),
        ("bind9", "In front"),
        ("mod_python", "Web server"),
        ("gunicorn", "Application"),
        ("nginx_media", "Files"),
        ("nfs_client", "Files"),
        ("redis", "Cache, queue"),
        ("pgbouncer", "Database"),
        ("slony", "Database"),
        ("prometheus", OTHER),
    ],
)
def test_a_role_is_in_the_group_of_what_it_offers_or_stands_on(role: str, kind: str) -> None:
    component = catalogue().by_role[role]

    assert kind_at(rank_of(component, role)) == kind
