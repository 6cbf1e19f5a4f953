"""What a file says when it is read back is what the design says, for every edge and every opening."""

from __future__ import annotations

from tests.topology.components.rendered import cluster, tier
from topology.components import Cluster, Opening, Reading


def busy() -> Cluster:
    return cluster(
        tier("lb", ["haproxy", "keepalived", "bind9"], count=2),
        tier("web", ["nginx", "gunicorn", "memcached", "nfs_client"], count=2),
        tier("media", ["nginx_media", "nfs_server"]),
        tier("db", ["postgresql"]),
    )


def reading(found: Cluster, host: str, role: str) -> Reading:
    placed = found.find(host, role)
    texts = {f.path: f.text for other in found.by_host[host] for f in other.component.files(other)}
    return placed.component.read(placed, texts)


def test_a_balancer_names_its_web_servers_with_room_and_waits_in_the_order_of_the_chain() -> None:
    says = reading(busy(), "lb1", "haproxy")

    assert [(t.service, t.address, t.port) for t in says.targets] == [
        ("web", "10.0.0.13", 80),
        ("web", "10.0.0.14", 80),
    ]
    assert all(target.room for target in says.targets)
    assert says.connect_seconds < says.queue_seconds < says.read_seconds  # type: ignore[operator]
    assert says.detects_seconds is not None
    assert says.detects_seconds <= 10
    assert {"X-Forwarded-For", "X-Forwarded-Proto"} <= set(says.sets_headers)
    assert says.upload_bytes == 20 * 1024 * 1024


def test_the_holders_of_an_address_know_each_other() -> None:
    first, second = (reading(busy(), f"lb{n}", "keepalived").vrrp[0] for n in (1, 2))

    assert (first.peers, second.peers) == (("10.0.0.12",), ("10.0.0.11",))
    assert (first.version, first.advert_seconds, first.priority, second.priority) == (3, 0.5, 150, 140)


def test_a_firewall_opens_ssh_and_the_edges() -> None:
    opened = reading(busy(), "db1", "nftables").opened

    assert opened == (
        Opening(protocol="tcp", port=22, clients=("10.0.0.0/24",)),
        Opening(protocol="tcp", port=5432, clients=("10.0.0.13", "10.0.0.14")),
    )


def test_vrrp_is_opened_by_its_protocol() -> None:
    opened = reading(busy(), "lb1", "nftables").opened

    assert opened is not None
    assert Opening(protocol="vrrp", port=0, clients=("10.0.0.12",)) in opened


def test_what_is_mounted_is_what_is_shared() -> None:
    found = busy()
    shared, mounted = reading(found, "media1", "nfs_server"), reading(found, "web1", "nfs_client")

    assert [m.path for m in shared.exports] == [m.path for m in mounted.mounts] != []
    assert shared.exports[0].clients == ("10.0.0.13", "10.0.0.14")
    assert {mount.server for mount in mounted.mounts} == {"10.0.0.15"}
    assert "hard" in mounted.mounts[0].options


def test_names_are_read_from_the_hosts_file_and_the_zone() -> None:
    found = busy()

    assert reading(found, "db1", "hosts").resolves["web2"] == "10.0.0.14"
    zone = reading(found, "lb2", "bind9")
    assert ("www.example.com", "10.0.0.10") in zone.records
    assert zone.ttl_seconds == 300
