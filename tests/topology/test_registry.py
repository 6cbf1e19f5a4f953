"""Discovery: what is in the folder is found, and nobody keeps a list."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from topology.registry import discover


def test_parts_are_found_in_the_order_of_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family = tmp_path / "family_of_parts"
    family.mkdir()
    (family / "__init__.py").write_text("")
    (family / "second.py").write_text("PART = 2\nOTHER = 'text'\n")
    (family / "first.py").write_text("PART = 1\n")
    (family / "_hidden.py").write_text("PART = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    package = importlib.import_module("family_of_parts")

    assert discover(package, int) == (1, 2)
    for name in [name for name in sys.modules if name.startswith("family_of_parts")]:
        monkeypatch.delitem(sys.modules, name)
