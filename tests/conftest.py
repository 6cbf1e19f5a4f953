"""What every test may lean on: the shared data, and the rules of a run."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
DATA_DIR = Path(os.environ.get("TIERWRIGHT_DATA") or ROOT.parent / "shared" / "data")
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
_BY_FOLDER = {"journeys": "journey", "benchmarks": "benchmark"}

# The same examples in every run, and none is too slow: a run that fails fails again.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def data_dir() -> Path | None:
    """The shared data (real logs, truth tables), or None: then a test makes its own with a seeded generator.

    In CI absent data is a failure. `TIERWRIGHT_DATA` says where the data is.
    """
    if DATA_DIR.is_dir():
        return DATA_DIR
    if IN_CI:
        pytest.fail(f"The shared data is not at {DATA_DIR}; set TIERWRIGHT_DATA.")
    return None


def pytest_report_header() -> str:
    """Say at the top of the run which data the tests read."""
    if DATA_DIR.is_dir():
        return f"tierwright data: {DATA_DIR}"
    return f"tierwright data: none at {DATA_DIR}, so seeded generators take its place"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat at the end that generated logs took the place of real ones."""
    if not DATA_DIR.is_dir():
        terminalreporter.write_line(f"NOTE: no shared data at {DATA_DIR}: seeded generators took its place.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder, and those that use the database."""
    for item in items:
        marks = [mark for folder, mark in _BY_FOLDER.items() if folder in item.path.parts]
        if marks:
            item.add_marker(marks[0])
        elif item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one: nothing there may be missing."""
    return _unskipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself."""
    return _unskipped((yield))


def _unskipped(report: Report) -> Report:
    expected = hasattr(report, "wasxfail")
    if IN_CI and report.skipped and not expected:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {str(reason).removeprefix('Skipped: ')}"
    return report
