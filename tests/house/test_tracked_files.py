"""Nothing that is kept names a package registry's host or a path of one machine."""

from __future__ import annotations

import re

from tests.house.tree import name, tracked_files

# Put together here so that this file does not hold them itself.
_HOSTS = (
    "pypi" + r"\.org",
    "python" + r"hosted\.org",
    "npm" + r"js\.(org|com)",
    r"deb\." + r"debian\.org",
    r"proxy\.golang" + r"\.org",
)
_PATHS = ("/work" + "/(main|shared)", "/tmp" + "/tw", "/opt" + "/(wheels|pypi)", "/root" + r"/\.pyenv")
FORBIDDEN = re.compile("|".join((*_HOSTS, *_PATHS)).encode())


def test_no_kept_file_names_a_registry_host_or_a_machine_path() -> None:
    found = {
        name(path): match[0].decode() for path in tracked_files() if (match := FORBIDDEN.search(path.read_bytes()))
    }

    assert found == {}


def test_the_rule_sees_what_it_forbids() -> None:
    assert FORBIDDEN.search(("--index-url https://pypi" + ".org/simple").encode())
    assert not FORBIDDEN.search(b"hosts/web1/rootfs/etc/nginx")
