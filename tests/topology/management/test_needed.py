"""`manage.py needed`: servers for each tier at several headrooms, for people and for machines."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

PLAN = """\
tierwright: 1
name: news
sites: [{name: news, domains: [www.example.com]}]
tiers:
  - {name: web, servers: {count: 9, type: aws-c6a.xlarge}, roles: [nginx, gunicorn]}
  - {name: database, servers: {count: 1, type: large}, roles: [postgresql]}
"""


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return str(path)


def answer(*arguments: str) -> str:
    out = StringIO()
    call_command("needed", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    err = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("needed", *arguments, stderr=err)
    assert caught.value.code == 2
    return err.getvalue()


def test_a_person_reads_a_paragraph_for_each_headroom(plan: str) -> None:
    text = answer(plan, "--traffic", "500 page views a second")

    assert text.count("headroom ") == 4
    assert "headroom 50%\n    web: 4 of type aws-c6a.xlarge; at the peak" in text
    assert "(by the range of the inputs 1 to 16)" in text


def test_a_machine_reads_every_need(plan: str) -> None:
    document = json.loads(answer(plan, "--traffic", "500 page views a second", "--headroom", "0.7", "--json"))

    [at] = document["headrooms"]
    web, database = at["tiers"]
    assert at["headroom"] == 0.7
    assert (web["tier"], web["servers"], web["whole"]) == ("web", 6, False)
    assert (database["tier"], database["servers"], database["whole"]) == ("database", 1, True)


def test_bad_input_gets_a_sentence(plan: str) -> None:
    assert refusal(plan, "--traffic", "plenty").startswith("traffic: write traffic as a number")
    assert refusal(plan, "--traffic", "1 hits a day", "--headroom", "half").startswith("headroom: the headroom should")
    assert refusal(plan, "--traffic", "1 hits a day", "--headroom", "1").startswith("headroom: a headroom of 1 leaves")
    assert refusal(plan).startswith("workload: a forecast needs a workload")
