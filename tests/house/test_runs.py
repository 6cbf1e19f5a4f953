"""A run in continuous integration may miss nothing: there a skip is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SKIPS = """
import pytest

@pytest.mark.skip(reason="no program")
def test_marked(): ...

def test_while_running():
    pytest.skip("no data")

@pytest.mark.xfail(reason="known")
def test_expected():
    assert False
"""


@pytest.mark.parametrize(("ci", "summary"), [("", "2 skipped, 1 xfailed"), ("true", "1 failed, 1 xfailed, 1 error")])
def test_a_skip_is_a_failure_in_ci_alone(tmp_path: Path, ci: str, summary: str) -> None:
    (tmp_path / "test_sample.py").write_text(SKIPS, encoding="utf-8")

    report = _run(tmp_path, CI=ci)

    assert summary in report
    if ci:
        assert "Skipped, which CI does not allow: no program" in report
        assert "Skipped, which CI does not allow: no data" in report


def test_a_module_that_skips_itself_is_a_failure_in_ci(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text("import pytest\npytest.importorskip('no_such_module')\n", encoding="utf-8")

    assert "1 error" in _run(tmp_path, CI="true")


def test_absent_data_is_a_failure_in_ci_and_said_elsewhere(tmp_path: Path) -> None:
    source = "def test_data(data_dir):\n    assert data_dir is None\n"
    (tmp_path / "test_sample.py").write_text(source, encoding="utf-8")
    nowhere = str(tmp_path / "nowhere")

    assert "seeded generators took its place" in _run(tmp_path, CI="", TIERWRIGHT_DATA=nowhere)
    assert "set TIERWRIGHT_DATA" in _run(tmp_path, CI="true", TIERWRIGHT_DATA=nowhere)


def _run(folder: Path, **variables: str) -> str:
    options = ["-p", "tests.conftest", "-p", "no:django", "-p", "no:cacheprovider", "-c", os.devnull]
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--rootdir={folder}", str(folder)],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout + answer.stderr
