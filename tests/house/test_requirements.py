"""The pinned packages: exact, hashed, and silent about where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PINNED = [ROOT / "requirements" / "run.txt", ROOT / "requirements" / "test.txt"]
ALL = sorted((ROOT / "requirements").iterdir())
# The first is Debian 12's own; a pin that only an older Python asks for is lost where a newer one makes the pins.
PYTHONS = ["3.11.2", "3.12.3", "3.13.0", "3.14.0"]
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,_-]+\])?==([^\s;\\]+)", re.IGNORECASE)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_no_file_names_an_index_a_link_folder_or_a_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()

    for word in ("://", "index-url", "find-links", "trusted-host", "no-index", "--pre", "file:", "@ ", ".org", ".com"):
        assert word not in text, f"{path.name} holds {word!r}"


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_every_package_is_pinned_and_hashed(path: Path) -> None:
    entries = _entries(path)

    assert len(entries) > 20
    for entry in entries:
        assert _PIN.match(entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
        assert set(re.findall(r"(?<!\S)--?[a-z-]+", entry)) == {"--hash"}, entry


def test_tests_run_on_the_versions_that_the_site_runs_on() -> None:
    run, test = (_versions(path) for path in PINNED)

    assert {package: test.get(package) for package in run} == run


@pytest.mark.parametrize("python", PYTHONS)
def test_everything_that_a_pinned_package_asks_for_is_pinned_whichever_python_installs_it(python: str) -> None:
    pinned = {canonicalize_name(package): package for package in _versions(PINNED[0])}

    asked = {needed: package for name, package in pinned.items() for needed in _needs(name, python)}

    assert {needed: package for needed, package in asked.items() if needed not in pinned} == {}


def _needs(package: str, python: str) -> Iterator[str]:
    short = ".".join(python.split(".")[:2])
    for line in requires(package) or []:
        needed = Requirement(line)
        place = {"python_version": short, "python_full_version": python, "extra": "", "sys_platform": "linux"}
        if needed.marker is None or needed.marker.evaluate(place):
            yield canonicalize_name(needed.name)


def _entries(path: Path) -> list[str]:
    lines = (re.sub(r"(^|\s)#.*", "", line) for line in path.read_text(encoding="utf-8").splitlines())
    joined = "\n".join(lines).replace("\\\n", " ")
    return [entry.strip() for entry in joined.splitlines() if entry.strip()]


def _versions(path: Path) -> dict[str, str]:
    pins = (_PIN.match(entry) for entry in _entries(path))
    return {pin[1]: pin[2] for pin in pins if pin}
