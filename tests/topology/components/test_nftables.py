"""The firewall: exactly the edges of the design."""

from __future__ import annotations

from typing import Any

from tests.topology.components.rendered import cluster, file_of, found, reason, text_of, tier
from topology.components import Cluster

PATH = "/etc/nftables.conf"


def site(**keys: Any) -> Cluster:
    return cluster(
        tier("lb", ["haproxy"]),
        tier("web", ["nginx", "gunicorn", "memcached"], count=2),
        tier("db", ["postgresql"]),
        **keys,
    )


def accepted(text: str) -> list[str]:
    """The rules that open something, but for the fixed ones."""
    return [line for line in found(r"^\t\t(.* accept)$", text) if "dport" in line or "protocol" in line]


def test_the_public_reaches_the_balancer_and_ssh_the_administrators() -> None:
    assert accepted(text_of(site(), "lb1", PATH)) == ["ip saddr 10.0.0.0/24 tcp dport 22 accept", "tcp dport 80 accept"]


def test_inner_servers_are_open_to_their_clients_alone() -> None:
    assert accepted(text_of(site(), "db1", PATH))[1:] == ["ip saddr { 10.0.0.12, 10.0.0.13 } tcp dport 5432 accept"]
    assert accepted(text_of(site(), "web1", PATH))[1:] == [
        "ip saddr { 10.0.0.11 } tcp dport 80 accept",
        "ip saddr { 10.0.0.13 } tcp dport 11211 accept",
    ]


def test_what_is_not_opened_is_dropped() -> None:
    assert "hook input priority filter; policy drop;" in text_of(site(), "db1", PATH)


def test_a_socket_opens_no_port() -> None:
    alone = cluster(tier("web", ["nginx", "gunicorn", "sqlite"]))

    assert accepted(text_of(alone, "web1", PATH))[1:] == ["tcp dport 80 accept"]


def test_ssh_follows_the_network_of_the_administrators() -> None:
    text = text_of(site(network={"admin_cidr": "192.168.7.0/24"}), "db1", PATH)

    assert "ip saddr 192.168.7.0/24 tcp dport 22 accept" in text


def test_loading_it_again_leaves_the_tables_of_others_alone() -> None:
    text = text_of(site(), "db1", PATH)

    assert "flush ruleset" not in text
    assert found(r"^(?:flush )?table (.*?)(?: {)?$", text) == ["inet tierwright"] * 3


def test_each_rule_says_why_it_is_there() -> None:
    file = file_of(site(), "db1", PATH)

    assert "asks the database" in reason(file, "tcp dport 5432").formula
