"""chrony: on every server, unless the plan says that something else keeps the time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import cluster, found, text_of, tier
from topology.components import Cluster

PATH = "/etc/chrony/chrony.conf"


def site(*more: Any, **keys: Any) -> Cluster:
    return cluster(tier("web", ["nginx", "gunicorn", *more]), tier("db", ["postgresql"]), **keys)


def test_every_server_asks_the_pool_of_its_distribution() -> None:
    assert found(r"^pool (\S+) iburst$", text_of(site(), "web1", PATH)) == ["2.debian.pool.ntp.org"]
    assert found(r"^pool (\S+) iburst$", text_of(site(system="ubuntu2404"), "db1", PATH)) == ["ntp.ubuntu.com"]


def test_servers_that_the_plan_names_take_its_place() -> None:
    text = text_of(site({"chrony": {"servers": ["10.0.0.1", "time.example.com"]}}), "web1", PATH)

    assert found(r"^server (\S+) iburst$", text) == ["10.0.0.1", "time.example.com"]
    assert "pool" not in text


def test_nobody_is_told_the_time_from_here() -> None:
    text = text_of(site(), "web1", PATH)

    assert {"port 0", "cmdport 0"} <= set(text.splitlines())


def test_time_that_something_else_keeps_is_left_alone() -> None:
    of = site({"chrony": {"managed": False}})

    with pytest.raises(KeyError):
        text_of(of, "web1", PATH)
    assert text_of(of, "db1", PATH)
