"""Which files may enter a bundle, and which may not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.bundles.cast import PLAN, Greeter, Shelf, cluster_with, greeting, small_bundle
from topology.bundles import bundle_of
from topology.design import TierwrightError


def test_files_are_sorted_by_host_and_path() -> None:
    bundle = small_bundle(Greeter(greeting(path="/etc/z.conf"), greeting(path="/etc/a.conf")), Shelf())

    found = [(file.host, file.path) for file in bundle.files]

    assert found == [
        ("back1", "etc/shelf.conf"),
        *[("front1", "etc/a.conf"), ("front1", "etc/z.conf")],
        *[("front2", "etc/a.conf"), ("front2", "etc/z.conf")],
    ]


def test_two_components_may_not_write_the_same_file() -> None:
    class Other(Shelf):
        name = "other"

    plan = {**PLAN, "tiers": [{"name": "all", "servers": {"count": 1, "type": "small"}, "roles": ["greeter", "shelf"]}]}
    cluster = cluster_with(Greeter(greeting(path="/etc/shelf.conf", text="deep\n")), Other(), plan=plan)

    with pytest.raises(TierwrightError) as refusal:
        bundle_of(cluster)

    assert str(refusal.value) == (
        "tier all: the roles greeter and shelf both write /etc/shelf.conf on all1; put one of them on another server"
    )


def test_two_roles_of_one_component_share_an_equal_file_only() -> None:
    roles = ["greeter", "second"]
    plan = {**PLAN, "tiers": [{"name": "all", "servers": {"count": 1, "type": "small"}, "roles": roles}]}
    shared = bundle_of(cluster_with(Greeter(greeting(path="/etc/both.conf")), Shelf(), plan=plan))

    class Torn(Greeter):
        def files(self, placed: Any) -> Any:
            return (greeting(path="/etc/both.conf", text=f"{placed.role.name}\n"),)

    assert [role.role.name for role in shared.files[0].roles] == roles
    with pytest.raises(TierwrightError, match=r"the roles greeter and second both write /etc/both\.conf"):
        bundle_of(cluster_with(Torn(), Shelf(), plan=plan))


@pytest.mark.parametrize(
    "path",
    [
        "etc/relative",
        "/etc/../root/x",
        "/etc/./x",
        "/etc//x",
        "/etc/x/",
        "/etc/.hidden",
        "/etc/a b",
        "/etc/a\nb",
        "/etc/a\\b",
        "/etc/ä",
        "/root/x",
        "/usr/bin/x",
        "/etc/" + "x" * 200,
    ],
)
def test_a_file_at_an_unsafe_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="component greeter, file"):
        small_bundle(Greeter(greeting(path=path)), Shelf())


@pytest.mark.parametrize("path", ["/etc/systemd/system/srv-a\\x2db.mount", "/etc/systemd/system/a@1.service.d/x.conf"])
def test_the_names_of_units_are_allowed(path: str) -> None:
    bundle = small_bundle(Greeter(greeting(path=path)), Shelf())

    assert bundle.file("front1", path).config.path == path


@pytest.mark.parametrize("owner", ["root", "root:wheel:x", "mallory:root", "0:0", "root:", ""])
def test_a_file_of_an_unknown_owner_is_refused(owner: str) -> None:
    with pytest.raises(ValueError, match="the owner is user:group"):
        small_bundle(Greeter(greeting(owner=owner)), Shelf())


@pytest.mark.parametrize("mode", [0o4755, 0o2755, 0o1777, 0o666, 0o664, 0o044])
def test_a_file_of_a_dangerous_mode_is_refused(mode: int) -> None:
    with pytest.raises(ValueError, match="the mode"):
        small_bundle(Greeter(greeting(mode=mode)), Shelf())
