"""A site's commands are written as pip writes them."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from topology.rehearsal.installation import scripts


@pytest.fixture
def uvicorn(tmp_path: Path) -> str:
    place = tmp_path / "uvicorn"
    place.write_text(next(f.text for f in scripts("/srv/site/venv") if f.path.endswith("/uvicorn")), encoding="utf-8")
    return str(place)


def test_a_worker_that_imports_the_command_again_does_not_start_it_again(uvicorn: str) -> None:
    found = runpy.run_path(uvicorn, run_name="__mp_main__")

    assert callable(found["main"])


def test_the_command_runs(uvicorn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", [uvicorn, "--version"])

    with pytest.raises(SystemExit) as left:
        runpy.run_path(uvicorn, run_name="__main__")

    assert left.value.code == 0
    assert "Running uvicorn" in capsys.readouterr().out
