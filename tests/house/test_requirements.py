"""The pinned packages: exact, hashed, and silent about where they come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PINNED = [ROOT / "requirements" / "run.txt", ROOT / "requirements" / "test.txt"]
ALL = sorted((ROOT / "requirements").iterdir())
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


def _entries(path: Path) -> list[str]:
    lines = (re.sub(r"(^|\s)#.*", "", line) for line in path.read_text(encoding="utf-8").splitlines())
    joined = "\n".join(lines).replace("\\\n", " ")
    return [entry.strip() for entry in joined.splitlines() if entry.strip()]


def _versions(path: Path) -> dict[str, str]:
    pins = (_PIN.match(entry) for entry in _entries(path))
    return {pin[1]: pin[2] for pin in pins if pin}
