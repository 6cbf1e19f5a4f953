"""`manage.py simulate`: a plan simulated, for people and for machines."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

PLAN = """
tierwright: 1
name: ljworld
sites: [{name: ljworld, domains: [www.example.com]}]
workload: {peak_requests_per_second: 100, classes: {page: {share: 0.4}, static: {share: 0.6}}}
tiers:
  - {name: web, servers: {count: 2, type: medium}, roles: [nginx, gunicorn]}
  - {name: database, servers: [{name: db1, type: large}], roles: [postgresql]}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("simulate", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_machines_get_numbers_with_how_they_were_got(plan: Path) -> None:
    found = json.loads(run(plan, "--json"))

    assert found["latency_ms"]["p95"]["class"] == "simulated"
    assert (
        found["latency_ms"]["p95"]["low"] <= found["latency_ms"]["p95"]["value"] <= found["latency_ms"]["p95"]["high"]
    )
    assert found["formulas"]["latency_ms"]["p95"]["class"] == "approximate"
    assert found["agrees"] is True
    assert {tier["name"] for tier in found["tiers"]} == {"web", "database"}


def test_people_get_a_sentence_and_a_table(plan: Path) -> None:
    text = run(plan, "--seed", "3")

    assert text.startswith("Simulation of ljworld, at a peak of 100 requests/s")
    assert "seed 3" in text
    assert "web: CPU" in text


def test_a_dead_server_is_left_out(plan: Path) -> None:
    both, alone = (json.loads(run(plan, "--json", *lose)) for lose in ((), ("--lose", "web2")))

    busy = [next(t for t in f["tiers"] if t["name"] == "web")["utilisation"]["cpu"]["value"] for f in (both, alone)]
    assert busy[1] == pytest.approx(2 * busy[0], rel=0.1)


def test_a_server_that_is_not_there_cannot_die(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(plan, "--lose", "web9")

    assert ended.value.code == 2
    assert "no server of this plan is called web9" in capsys.readouterr().err


def test_an_episode_is_told_stretch_by_stretch(plan: Path) -> None:
    found = json.loads(run(plan, "--episode", "failover", "--json"))
    text = run(plan, "--episode", "failover")

    assert found["episode"] == "failover"
    assert len(found["windows"]) >= 30
    assert found["says"] in text


def test_a_replay_is_of_the_whole_plan(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(plan, "--episode", "deploy", "--lose", "web1")

    assert ended.value.code == 2
    assert "leave out --lose" in capsys.readouterr().err
