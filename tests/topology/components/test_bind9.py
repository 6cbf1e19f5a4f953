"""BIND: every public name of the sites, with the addresses at which the public enters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import SITE, cluster, file_of, found, number, reason, text_of, tier
from topology.components import Cluster, Limits, catalogue
from topology.document import PlanRefused, from_data

WEB = tier("web", ["nginx", "gunicorn", "memcached"], count=2)
DATABASE = tier("database", ["postgresql"])
ZONE = "/etc/bind/db.www.example.com"
PUBLIC = {"public_addresses": ["balancer1=203.0.113.11", "balancer2=203.0.113.12"]}


def balanced(*roles: Any, **keys: Any) -> Cluster:
    """Two balancers that are name servers too."""
    return cluster(tier("balancer", ["haproxy", *roles], count=2, type="small"), WEB, DATABASE, **keys)


def records(of: Cluster, host: str, path: str) -> dict[str, list[str]]:
    """Addresses by name."""
    table: dict[str, list[str]] = {}
    for line in found(r"^(\S+\. IN A \S+)$", text_of(of, host, path)):
        name, _, _, address = line.split()
        table.setdefault(name.rstrip("."), []).append(address)
    return table


def test_the_sites_name_has_the_address_of_every_balancer() -> None:
    design = balanced({"bind9": PUBLIC})

    assert records(design, "balancer1", ZONE)["www.example.com"] == ["203.0.113.11", "203.0.113.12"]


def test_without_public_addresses_it_says_that_nobody_outside_reaches_the_private_ones() -> None:
    design = balanced("bind9")
    file = file_of(design, "balancer1", ZONE)

    assert records(design, "balancer1", ZONE)["www.example.com"] == ["10.0.0.11", "10.0.0.12"]
    assert "nobody outside reaches" in reason(file, "A balancer1").formula


def test_balancers_that_share_an_address_are_one_record() -> None:
    design = balanced("keepalived", {"bind9": {"public_addresses": ["10.0.0.10=203.0.113.10"]}})

    assert records(design, "balancer1", ZONE)["www.example.com"] == ["203.0.113.10"]


def test_without_a_balancer_the_web_server_is_the_entry() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", "postgresql", "bind9"]))

    assert records(design, "all1", ZONE)["www.example.com"] == ["10.0.0.11"]


def test_media_have_a_name_that_leads_to_their_servers() -> None:
    web = tier("web", ["nginx", "gunicorn", "nfs_client", "memcached", "bind9"])
    design = cluster(web, tier("media", ["nginx_media", "nfs_server"]), DATABASE)

    assert records(design, "web1", ZONE)["media.www.example.com"] == [design.host("media1").address]


def test_media_behind_balancers_have_the_balancers_addresses() -> None:
    # HAProxy stands before the media servers once there are several
    front = tier("balancer", ["haproxy", "bind9"], count=2)
    design = cluster(front, WEB, tier("media", ["nginx_media", "nfs_server"], count=2), DATABASE)

    assert records(design, "balancer1", ZONE)["media.www.example.com"] == ["10.0.0.11", "10.0.0.12"]


def test_every_name_server_is_named_with_its_address() -> None:
    design = balanced({"bind9": PUBLIC})

    assert found(r"^@ IN NS (\S+)$", text_of(design, "balancer1", ZONE)) == [
        "ns1.www.example.com.",
        "ns2.www.example.com.",
    ]
    assert records(design, "balancer1", ZONE)["ns2.www.example.com"] == ["203.0.113.12"]


def test_all_name_servers_say_the_same() -> None:
    design = balanced("bind9")

    assert text_of(design, "balancer1", ZONE) == text_of(design, "balancer2", ZONE)


def test_the_serial_changes_with_the_content_and_with_nothing_else() -> None:
    serials = [
        number(r"\( (\d+) 3600", text_of(design, "balancer1", ZONE))
        for design in (balanced("bind9"), balanced("bind9", notes="other words"), balanced({"bind9": PUBLIC}))
    ]

    assert serials[0] == serials[1] != serials[2]
    assert all(0 < serial < 2**32 for serial in serials)


@pytest.mark.parametrize("seconds", [10, 60])
def test_an_address_is_kept_no_longer_than_a_failover_may_take(seconds: int) -> None:
    design = balanced("bind9", limits=Limits(failover_seconds=seconds))

    assert number(r"^\$TTL (\d+)", text_of(design, "balancer1", ZONE)) <= seconds


def test_names_below_another_are_in_its_zone() -> None:
    site = {**SITE, "domains": ["www.example.com", "example.com", "example.org"]}
    design = balanced("bind9", sites=(site,))

    local = text_of(design, "balancer1", "/etc/bind/named.conf.local")

    assert found(r'^zone "(\S+)"', local) == ["example.com", "example.org"]
    assert "www.example.com" in records(design, "balancer1", "/etc/bind/db.example.com")


def test_records_that_a_plan_does_not_know_have_a_file_of_their_own() -> None:
    design = balanced("bind9")
    placed = design.find("balancer1", "bind9")

    assert "$INCLUDE /etc/bind/own/www.example.com\n" in text_of(design, "balancer1", ZONE)
    assert any("touch /etc/bind/own/www.example.com" in p.lines for p in placed.component.preparations(placed))


def test_it_answers_for_its_own_names_alone() -> None:
    options = text_of(balanced("bind9"), "balancer1", "/etc/bind/named.conf.options")

    assert "recursion no;" in options
    assert "allow-transfer { none; };" in options


@pytest.mark.parametrize("pair", ["balancer1", "balancer1=somewhere", "10.0.0.999=203.0.113.1", "a b=203.0.113.1"])
def test_a_public_address_is_an_address(pair: str) -> None:
    roles = ["nginx", "gunicorn", "postgresql", {"bind9": {"public_addresses": [pair]}}]
    data = {"tierwright": 1, "name": "plan", "sites": [SITE], "tiers": [tier("all", roles)]}

    with pytest.raises(PlanRefused, match="public_addresses"):
        from_data(data, catalogue=catalogue())
