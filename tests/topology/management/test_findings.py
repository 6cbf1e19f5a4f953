"""manage.py findings: what is found on a terminal and for machines, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.topology.checks.plans import data_of
from topology.plain_yaml import write as to_yaml


def _plan(folder: Path, data: dict[str, Any]) -> Path:
    path = folder / "plan.yaml"
    path.write_text(to_yaml(data), encoding="utf-8")
    return path


def _bad() -> dict[str, Any]:
    data = data_of("direct")
    data["tiers"][1]["roles"] = ["nginx", "gunicorn", "nfs_client"]
    return data


def _run(name: str, plan: Path, **options: Any) -> int:
    try:
        call_command(name, str(plan), **options)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_a_good_plan_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _run("findings", _plan(tmp_path, data_of("whole")))

    assert code == 0
    assert "error" not in capsys.readouterr().out


def test_an_error_is_told_with_its_fix_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _run("findings", _plan(tmp_path, _bad()))

    said = capsys.readouterr().out
    assert code == 1
    assert "error: files-written, web1 " in said
    assert "role memcached" in said


def test_machines_get_the_keys_of_the_interface(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _run("findings", _plan(tmp_path, _bad()), json=True)

    found = json.loads(capsys.readouterr().out)
    assert code == 1
    assert {"check", "level", "where", "says", "fix"} <= set(found[0])
    assert found[0]["level"] == "error"


def test_what_was_taken_on_is_told_and_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiver = {"check": "files-written", "reason": "The cache comes next week.", "by": "Ada"}

    code = _run("findings", _plan(tmp_path, {**_bad(), "waivers": [waiver]}))

    assert code == 0
    assert "taken on by Ada: The cache comes next week." in capsys.readouterr().out


def test_an_export_with_errors_writes_nothing_and_says_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = data_of("whole")
    data["sites"][0]["says"]["sessions"] = "file"

    code = _run("export", _plan(tmp_path, data), output=str(tmp_path / "out"), no_validate=True)

    said = capsys.readouterr().err
    assert code == 1
    assert "sessions-shared" in said
    assert "nothing was written" in said
    assert "waivers:" in said
    assert not (tmp_path / "out").exists()


def test_an_export_of_what_was_taken_on_holds_the_report(tmp_path: Path) -> None:
    data = data_of("whole")
    data["sites"][0]["says"]["sessions"] = "file"
    data["waivers"] = [{"check": "sessions-shared", "reason": "Nobody signs in on this site.", "by": "Ada"}]

    code = _run("export", _plan(tmp_path, data), output=str(tmp_path / "out"), no_validate=True)

    rules = json.loads((tmp_path / "out/reports/rules.json").read_text())
    [taken_on] = [finding for finding in rules["findings"] if finding["check"] == "sessions-shared"]
    assert code == 0
    assert taken_on["waived_by"] == "Ada"
