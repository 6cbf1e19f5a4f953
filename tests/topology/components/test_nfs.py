"""NFS: one server's directories, for exactly the hosts that mount them, at one path everywhere."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.topology.components.rendered import cluster, found, number, text_of, tier
from topology.components import Cluster, ConfigFile
from topology.components.nfs.files import Mount

EXPORTS, SETTINGS = "/etc/exports.d/tierwright.exports", "/etc/nfs.conf.d/tierwright.conf"
UNITS = "/etc/systemd/system"
WEB = tier("web", ["nginx", "gunicorn", "nfs_client", "memcached"], count=2)
DATABASE = tier("database", ["postgresql"])


def shared(*media: str, count: int = 1) -> Cluster:
    """Two web servers that mount, and media servers with these roles."""
    return cluster(WEB, tier("media", ["nginx_media", *media], count=count), DATABASE)


def files_of(of: Cluster, host: str, role: str) -> tuple[ConfigFile, ...]:
    placed = of.find(host, role)
    return placed.component.files(placed)


def test_exactly_the_hosts_that_mount_are_let_in() -> None:
    exports = text_of(shared("nfs_server"), "media1", EXPORTS)

    assert [line.split("(")[0].split()[0] for line in exports.splitlines()] == [
        "/srv/newspaper/media",
        "/srv/newspaper/static",
    ]
    assert [found(r"(\S+)\(", line.replace(" ", "\n")) for line in exports.splitlines()] == [
        ["10.0.0.11", "10.0.0.12"]
    ] * 2


def test_every_client_mounts_the_servers_directories_at_their_own_path() -> None:
    design = shared("nfs_server")

    for host in ("web1", "web2"):
        for name in ("media", "static"):
            unit = text_of(design, host, f"{UNITS}/srv-newspaper-{name}.mount")
            assert f"What=10.0.0.13:/srv/newspaper/{name}\nWhere=/srv/newspaper/{name}\n" in unit


def test_a_mount_waits_for_its_server_rather_than_lose_a_write() -> None:
    [options] = found(r"^Options=(.*)$", text_of(shared("nfs_server"), "web1", f"{UNITS}/srv-newspaper-media.mount"))

    assert {"hard", "nfsvers=4.2", "_netdev"} <= set(options.split(","))
    assert "soft" not in options


def test_the_first_access_mounts_and_never_writes_below_the_mount() -> None:
    paths = [file.path for file in files_of(shared("nfs_server"), "web1", "nfs_client")]

    # systemd does not start an automount over a mount that is there already
    assert paths.index(f"{UNITS}/srv-newspaper-media.automount") < paths.index(f"{UNITS}/srv-newspaper-media.mount")


def test_one_port_is_all_that_the_firewall_opens() -> None:
    design = shared("nfs_server")

    assert {edge.endpoint.port for edge in design.edges_to("media1", "nfs")} == {2049}
    assert "vers3=n\nvers4=y\nvers4.0=n\n" in text_of(design, "media1", SETTINGS)


def test_threads_grow_with_the_clients() -> None:
    few = text_of(shared("nfs_server"), "media1", SETTINGS)
    web = tier("web", ["nginx", "gunicorn", "nfs_client", "memcached"], count=5)
    many = text_of(cluster(web, tier("media", ["nginx_media", "nfs_server"]), DATABASE), "media1", SETTINGS)

    assert number(r"threads=(\d+)", few) == 8
    assert number(r"threads=(\d+)", many) == 20


@pytest.mark.parametrize("roles", [("nfs_server",), ("nfs_server", "nfs_client")])
def test_a_second_server_mounts_what_the_first_shares(roles: tuple[str, ...]) -> None:
    design = shared(*roles, count=2)

    served = [edge.client for edge in design.edges if edge.endpoint.service == "nfs" and not edge.local]
    mounted = text_of(design, "media2", f"{UNITS}/srv-newspaper-media.mount")

    assert sorted(served) == ["media2", "web1", "web2"]
    assert "What=10.0.0.13:/srv/newspaper/media\n" in mounted
    assert "10.0.0.14(" in text_of(design, "media1", EXPORTS)


def test_a_server_does_not_mount_from_itself() -> None:
    design = shared("nfs_server", "nfs_client")

    assert files_of(design, "media1", "nfs_client") == ()
    assert "10.0.0.13(" not in text_of(design, "media1", EXPORTS)


@pytest.mark.skipif(shutil.which("systemd-escape") is None, reason="systemd-escape is not installed (package systemd)")
@pytest.mark.parametrize("path", ["/srv/newspaper/media", "/srv/sports-archive/static", "/srv/a-b-c/media"])
def test_systemd_gives_a_path_the_same_name(path: str) -> None:
    ran = subprocess.run(
        ["systemd-escape", "--path", "--suffix=mount", path], capture_output=True, text=True, check=True
    )

    assert Mount(server="10.0.0.31", directory=path).unit == ran.stdout.strip()
