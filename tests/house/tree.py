"""The files that the rules of the house speak of."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import ROOT

PACKAGES = ("topology", "planner", "tests")


def tracked_files() -> list[Path]:
    """Every file that git keeps or would keep (what .gitignore names is left out)."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def modules(*packages: str) -> list[Path]:
    """The Python modules of our packages that a person wrote: migrations and cases are left out."""
    found = (path for package in packages or PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [path for path in found if not {"migrations", "cases", "__pycache__"} & set(path.parts)]


def name(path: Path) -> str:
    """The path as a person would write it."""
    return path.relative_to(ROOT).as_posix()
