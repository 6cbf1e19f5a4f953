"""`manage.py intake`: logs in, a workload out, for people and for machines."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.benchmarks.intake_log import write_log
from topology import document
from topology.management.commands.intake import Bar

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of a week with a broken line in a hundred."""
    write_log(tmp_path / "access.log", 5000, seed=3)
    return tmp_path / "access.log"


def answer(*arguments: Any) -> str:
    out = StringIO()
    call_command("intake", *map(str, arguments), stdout=out)
    return out.getvalue()


def refusal(*arguments: Any) -> str:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("intake", *map(str, arguments), stderr=err)
    assert ended.value.code == 2
    return err.getvalue()


def test_it_answers_in_json_with_the_promised_keys(log: Path) -> None:
    found = json.loads(answer(log, "--json", "--busy", "35", "--cores", "4"))

    assert {"facts", "workload", "rejected", "notes"} <= set(found)
    assert found["facts"]["lines"] == 5000
    assert found["rejected"]["count"] == found["facts"]["failed"] > 0
    assert found["workload"]["observed"]["cpu_share"] == 0.35


def test_it_writes_the_workload_that_other_commands_read(log: Path, tmp_path: Path) -> None:
    target = tmp_path / "workload.yaml"

    found = json.loads(answer(log, "--json", "-o", target))

    assert document.to_data(document.load_workload(target.read_bytes())) == found["workload"]


def test_it_tells_a_person_what_it_read(log: Path) -> None:
    text = answer(log, "--busy", "35")

    for part in (
        "combined: ",
        " requests in 5,000 lines",
        "busiest hour",
        "confidence: ",
        "server busy in that hour: 35%",
    ):
        assert part in text
    assert "page  " in text
    assert "could not be read: " in text


def test_several_logs_are_one(log: Path, tmp_path: Path) -> None:
    write_log(tmp_path / "other.log", 1000, seed=4)
    (tmp_path / "other.log.gz").write_bytes(gzip.compress((tmp_path / "other.log").read_bytes()))

    assert json.loads(answer(log, tmp_path / "other.log.gz", "--json"))["facts"]["lines"] == 6000


def test_bad_input_gets_one_sentence(tmp_path: Path, log: Path) -> None:
    (tmp_path / "empty").touch()

    assert refusal(tmp_path / "none") == f"{tmp_path / 'none'}: there is no such file; check the path\n"
    assert refusal(tmp_path / "empty").startswith(f"{tmp_path / 'empty'}: this log is empty")
    assert refusal(log, "--busy", "150").startswith("--busy: say how busy the server was in percent")
    assert refusal(log, "--month", "August").startswith("--month: write the month as YYYY-MM")
    assert "this cannot be written" in refusal(log, "-o", tmp_path / "none" / "w.yaml")


def test_the_limit_of_the_site_holds_where_it_is_asked_for(
    log: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MAX_LOG_BYTES = 1000
    assert json.loads(answer(log, "--json"))["facts"]["lines"] == 5000

    monkeypatch.setenv("MAX_LOG_BYTES", "1000")
    assert "this log holds more than 1,000 bytes" in refusal(log)


def test_results_go_to_stdout_and_nothing_else_does(log: Path) -> None:
    command = [sys.executable, "manage.py", "intake", str(log), "--json"]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["facts"]["lines"] == 5000


def test_the_bar_is_drawn_on_a_terminal_and_cleared(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    for done in (0, 500, 505, 1000):
        bar(done, 1000)
    bar.clear()

    drawn = capsys.readouterr().err
    assert drawn.count("%") == 3
    assert "100 %" in drawn
    assert drawn.endswith("\r\x1b[K")
