"""The staircase holds because its linter bites: an import upstairs fails, for each kind of arrow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

STAIRCASE = "The domain is a staircase"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and the contracts, in a tree that may be spoilt."""
    for package in ("topology", "planner"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("topology/fields.py", "from topology.document import *", STAIRCASE),
        ("topology/design.py", "import topology.apps", STAIRCASE),
        ("topology/workload.py", "from django.conf import settings", "The core of the domain knows no Django"),
        ("topology/document.py", "import planner.http", "The domain does not know the site"),
        ("topology/diff.py", "import topology.components.base", STAIRCASE),
        ("topology/capacity/shortcut.py", "import topology.components.base", "Visitors of components use the front"),
        ("topology/components/one.py", "import topology.components.other", "Components are strangers"),
        ("topology/stages/one.py", "import topology.diagrams", STAIRCASE),
        ("topology/newcomer.py", "import topology.design", STAIRCASE),
    ],
)
def test_an_import_upstairs_is_refused(copy: Path, module: str, line: str, contract: str) -> None:
    path = copy / module
    source = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{source}\n{line}\n", encoding="utf-8")
    (copy / "topology/components/other.py").touch()

    answer = _lint(copy)

    assert answer.returncode != 0
    assert contract in _broken(answer.stdout), answer.stdout + answer.stderr


def _lint(tree: Path) -> subprocess.CompletedProcess[str]:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [lint_imports, "--no-cache"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


def _broken(report: str) -> str:
    return "\n".join(line for line in report.splitlines() if "BROKEN" in line)
