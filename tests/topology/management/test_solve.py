"""`manage.py solve`: one textbook model, for people and for machines."""

from __future__ import annotations

import io
import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

CASE = '{"model": "mmc", "arrival_rate": 9, "service_rate": 5, "servers": 2}'
NETWORK = {
    "model": "closed_network",
    "stations": [{"name": "cpu"}, {"name": "disk", "servers": 2, "discipline": "fcfs"}],
    "classes": [
        {"name": "page", "population": 4, "service_time": {"cpu": 0.1, "disk": 0.2}},
        {"name": "none", "population": 0, "service_time": {"cpu": 0.1, "disk": 0.4}},
    ],
}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    path.write_text(CASE, encoding="utf-8")
    return path


def answer(*arguments: Any) -> str:
    out = StringIO()
    call_command("solve", *map(str, arguments), stdout=out)
    return out.getvalue()


def refusal(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    said = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("solve", str(path), stdout=StringIO(), stderr=said)
    assert caught.value.code == 2
    return said.getvalue().replace(str(path), "case.json")


def test_json_holds_the_promised_keys(case: Path) -> None:
    data = json.loads(answer(case, "--json"))

    assert data["model"] == "mmc"
    assert data["wait_probability"] == pytest.approx(0.852632, abs=1e-6)
    assert data["percentiles"]["0.95"] == pytest.approx(3.0594, abs=1e-4)


def test_a_page_of_text_has_a_line_a_number(case: Path) -> None:
    lines = answer(case).splitlines()

    assert lines[0] == "mmc: exact answer"
    assert "  response                      1.052632" in lines
    assert "  percentiles 0.95              3.059448" in lines


def test_what_goes_by_name_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    path.write_text(json.dumps(NETWORK), encoding="utf-8")

    lines = answer(path).splitlines()

    assert lines[0] == "closed_network: approximate answer"
    classes = next(number for number, line in enumerate(lines) if line.startswith("  classes"))
    assert lines[classes].split() == ["classes", "throughput", "response"]
    assert lines[classes + 2].split() == ["none", "0", "-"]
    assert lines[-1].startswith("Note: disk serves first come, first served")


def test_a_dash_reads_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CASE.encode())))

    assert json.loads(answer("-", "--json"))["model"] == "mmc"


def test_bad_input_names_the_file_and_the_place(case: Path) -> None:
    assert refusal(case, CASE.replace("9", "10")) == (
        "case.json, arrival_rate: saturated: 10 arrive where 10 can be served, 100 % of what there is; the queue would"
        " grow without end\n"
    )
    assert refusal(case, "{\n nonsense}").startswith("case.json:2: this is no JSON")
    assert refusal(case, CASE.replace("servers", "server")).splitlines() == [
        'case.json, server: the key "server" is not known here; did you mean servers?'
    ]


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    said = StringIO()

    with pytest.raises(SystemExit) as caught:
        call_command("solve", str(tmp_path / "nosuch.json"), stdout=StringIO(), stderr=said)

    assert caught.value.code == 2
    assert "nosuch.json: this file cannot be read" in said.getvalue()
