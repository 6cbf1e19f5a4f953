"""manage.py rehearse: progress on stderr, the report on stdout, and the exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from topology.plain_yaml import write as to_yaml

PLAN: dict[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"]}],
    "tiers": [
        {"name": "web", "servers": {"count": 1, "type": "medium"}, "roles": ["nginx", "gunicorn", "postgresql"]},
    ],
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan of one server, in a file."""
    path = tmp_path / "plan.yaml"
    path.write_text(to_yaml(PLAN), encoding="utf-8")
    return path


def _rehearse(plan: Path, **options: Any) -> int:
    try:
        call_command("rehearse", str(plan), **options)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.skipif(os.geteuid() != 0, reason="a rehearsal needs root")
@pytest.mark.slow
def test_the_report_is_json_and_the_progress_is_beside_it(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _rehearse(plan, json=True)

    said = capsys.readouterr()
    report = json.loads(said.out)
    assert [answer["says"] for answer in report["answers"] if not answer["passed"]] == []
    assert code == 0
    assert report["started"]["units"]["web1"]
    assert "web1: gunicorn" in said.err


def test_without_root_it_says_why_and_ends_with_2(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    code = _rehearse(plan)

    assert code == 2
    assert "a rehearsal needs root" in capsys.readouterr().err
