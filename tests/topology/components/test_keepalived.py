"""keepalived: one address, distinct priorities, peers that know each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import cluster, found, number, text_of, tier
from tests.topology.components.staging import is_root, stage_of
from topology.components import Cluster, catalogue
from topology.design import TierwrightError

PATH = "/etc/keepalived/keepalived.conf"


def sharing(settings: dict[str, Any] | None = None, count: int = 3, **keys: Any) -> Cluster:
    role: Any = {"keepalived": settings} if settings else "keepalived"
    return cluster(
        tier("lb", ["haproxy", role], count=count),
        tier("web", ["nginx", "gunicorn", "memcached"]),
        tier("db", ["postgresql"]),
        **keys,
    )


def test_every_balancer_has_a_priority_of_its_own_and_the_others_as_peers() -> None:
    texts = [text_of(sharing(), f"lb{n}", PATH) for n in (1, 2, 3)]

    assert [number(r"priority (\d+)", text) for text in texts] == [150, 140, 130]
    assert [found(r"state (\w+)", text) for text in texts] == [["MASTER"], ["BACKUP"], ["BACKUP"]]
    assert found(r"^        (10\.0\.0\.\d+)$", texts[1]) == ["10.0.0.11", "10.0.0.13"]


def test_all_of_them_have_one_address_and_one_router_number() -> None:
    texts = [text_of(sharing(), f"lb{n}", PATH) for n in (1, 2, 3)]

    assert {tuple(found(r"(\S+)/24 dev eth0", text)) for text in texts} == {("10.0.0.10",)}
    assert {number(r"virtual_router_id (\d+)", text) for text in texts} == {51}


def test_half_second_adverts_are_of_version_3() -> None:
    text = text_of(sharing(), "lb1", PATH)

    assert "version 3" in text
    assert "advert_int 0.5" in text


def test_what_the_plan_writes_is_kept() -> None:
    text = text_of(sharing({"virtual_address": "10.0.0.99", "interface": "ens5", "router_id": 7}), "lb1", PATH)

    assert "10.0.0.99/24 dev ens5" in text
    assert "virtual_router_id 7" in text


@pytest.mark.parametrize(
    ("address", "says"), [("10.0.0.12", "is the address of lb2"), ("10.9.0.1", "is not in the servers' network")]
)
def test_an_address_that_cannot_be_shared_is_refused(address: str, says: str) -> None:
    with pytest.raises(TierwrightError, match=says):
        text_of(sharing({"virtual_address": address}), "lb1", PATH)


def test_the_firewall_lets_the_peers_speak() -> None:
    text = text_of(sharing(), "lb2", "/etc/nftables.conf")

    assert "ip saddr { 10.0.0.11, 10.0.0.13 } ip protocol 112 accept" in text


def test_a_network_without_vrrp_refuses_it_with_the_way_out() -> None:
    with pytest.raises(TierwrightError, match=r"carries no VRRP.*take bind9"):
        _ = sharing(network={"vrrp": False}).edges


@pytest.mark.parametrize("network", [{}, {"vrrp": True}])
def test_a_network_that_carries_vrrp_or_of_which_nobody_said_so_takes_it(network: dict[str, Any]) -> None:
    assert "virtual_router_id" in text_of(sharing(network=network), "lb1", PATH)


@pytest.mark.slow
@pytest.mark.skipif(not is_root(), reason="starting programs that change their user needs root")
@pytest.mark.parametrize(
    ("host", "count", "says"),
    [
        ("lb1", 1, "eth0 holds 10.0.0.10"),
        ("lb3", 3, "failover taken: 10.0.0.10 held by lb3"),
    ],
)
def test_the_address_passes_to_a_peer_and_is_held_where_there_is_none(
    tmp_path: Path, host: str, count: int, says: str
) -> None:
    plan = sharing(count=count)
    placed = next(each for each in plan.by_host[host] if each.role.name == "keepalived")
    validator = catalogue().by_name["keepalived"].validator
    assert validator is not None
    assert validator.boot is not None

    verdict = validator.boot(stage_of(placed, tmp_path, real_root=True))

    assert verdict.accepted, verdict.says
    assert says in verdict.says
