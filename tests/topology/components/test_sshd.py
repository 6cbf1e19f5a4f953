"""sshd: only where a plan names it, keys only, and never shut to the administrators' network."""

from __future__ import annotations

from tests.topology.components.rendered import cluster, text_of, tier

PATH = "/etc/ssh/sshd_config.d/10-tierwright.conf"
ADMIN = "198.51.100.0/28"


def test_it_is_on_no_server_by_itself() -> None:
    of = cluster(tier("web", ["nginx", "gunicorn", "postgresql"]))

    assert "sshd" not in {placed.role.name for placed in of.placed}


def test_administrators_get_in_with_a_key_from_their_own_network() -> None:
    of = cluster(tier("web", ["nginx", "gunicorn", "postgresql", "sshd"]), network={"admin_cidr": ADMIN})

    lines = set(text_of(of, "web1", PATH).splitlines())
    assert {f"AllowUsers *@{ADMIN}", "PubkeyAuthentication yes", "PermitRootLogin prohibit-password"} <= lines
    assert {"PasswordAuthentication no", "KbdInteractiveAuthentication no"} <= lines
