"""`manage.py forecast`: what a plan carries, for people and for machines."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from topology import document
from topology.components import catalogue

PLAN = """
tierwright: 1
name: ljworld
sites: [{name: ljworld, domains: [www.example.com]}]
workload: WORKLOAD
tiers:
  - {name: web, servers: {count: 2, type: medium}, roles: [nginx, gunicorn]}
  - {name: database, servers: [{name: db1, type: large}], roles: [postgresql]}
"""
OWN = (
    "{peak_requests_per_second: 100, growth_per_year: 0.5, classes: {page: {share: 0.4}, static: {share: 0.6}},"
    " observed: {cpu_share: 0.35, requests_per_second: 90, cores: 4}}"
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan with a workload of its own."""
    return _plan(tmp_path, OWN)


def _plan(folder: Path, workload: str) -> Path:
    path = folder / "plan.yaml"
    path.write_text(PLAN.replace("WORKLOAD", workload), encoding="utf-8")
    return path


def answer(*arguments: Any) -> str:
    out = StringIO()
    call_command("forecast", *map(str, arguments), stdout=out)
    return out.getvalue()


def refusal(*arguments: Any) -> str:
    said = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("forecast", *map(str, arguments), stdout=StringIO(), stderr=said)
    assert caught.value.code == 2
    return said.getvalue()


def test_the_report_begins_with_today_and_ends_with_its_doubts(plan: Path) -> None:
    text = answer(plan)

    order = [text.index(word) for word in ("Forecast of ljworld, at a peak of 100 requests/s", "Today ", "Capacity ",
             "Breaks first ", "Growth ", "Response ", "Availability ", "Cost ", "\ntier ", "Single points of failure",
             "Before you trust these figures")]  # fmt: skip
    assert order == sorted(order)
    assert "We predict 35 % CPU at 90 requests/s on 4 cores; you saw 35 %." in text
    assert "db1: Pages stop; static files go on." in text


def test_the_table_is_aligned(plan: Path) -> None:
    lines = answer(plan).splitlines()

    start = next(number for number, line in enumerate(lines) if line.startswith("tier "))
    head, web, database = lines[start : start + 3]
    assert web.startswith("web ")
    assert database.startswith("database ")
    assert len(head) == len(web) == len(database)


def test_json_is_the_document_for_machines(plan: Path) -> None:
    data = json.loads(answer(plan, "--json"))

    assert data["offered_rps"] == 100
    assert data["plan_digest"] == document.digest(document.load(plan.read_bytes(), catalogue=catalogue()))
    assert [tier["name"] for tier in data["tiers"]] == ["web", "database"]
    assert data["today"]["observed_cpu"] == 0.35


def test_another_workload_overrides_the_plans(plan: Path, tmp_path: Path) -> None:
    saved = tmp_path / "workload.yaml"
    saved.write_text("peak_requests_per_second: 7\nclasses: {page: {share: 1}}\n", encoding="utf-8")

    data = json.loads(answer(plan, "--workload", saved, "--json"))

    assert (data["offered_rps"], data["today"]) == (7, None)
    assert data["guessed_share"] > 0.9


def test_a_log_is_a_workload(plan: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log.gz"
    log.write_bytes(gzip.compress(_log().encode()))

    data = json.loads(answer(plan, "--workload", log, "--json"))

    assert 0 < data["offered_rps"] < 2


def test_the_plans_own_file_is_found_beside_it_and_does_not_change_its_digest(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("peak_requests_per_second: 9\nclasses: {page: {share: 1}}\n", encoding="utf-8")
    plan = _plan(tmp_path, "{file: site.yaml}")

    data = json.loads(answer(plan, "--json"))

    assert data["offered_rps"] == 9
    assert data["plan_digest"] == document.digest(document.load(plan.read_bytes(), catalogue=catalogue()))


def test_overload_and_unknown_prices_are_told_in_words(tmp_path: Path) -> None:
    text = answer(_plan(tmp_path, "{peak_requests_per_second: 99999, classes: {page: {share: 1}}}"))

    assert "exceeded by" in text
    assert "Response      none can be given" in text


def test_a_plan_without_a_workload_is_bad_input(tmp_path: Path) -> None:
    assert refusal(_plan(tmp_path, "null")) == (
        "workload: a forecast needs a workload; write one in the plan, or hand one in\n"
    )


def test_a_plan_that_nobody_answers_is_bad_input(tmp_path: Path) -> None:
    plan = _plan(tmp_path, OWN)
    plan.write_text(plan.read_text(encoding="utf-8").replace("nginx, gunicorn", "nginx"), encoding="utf-8")

    said = refusal(plan)

    assert said.startswith("tiers: no server of this plan answers pages; add a server with one of these roles: ")
    assert "gunicorn" in said


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    assert "nosuch.yaml: this file cannot be read" in refusal(tmp_path / "nosuch.yaml")


def _log() -> str:
    return "".join(
        f"192.0.2.{n % 250} - - [03/Mar/2026:{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} +0000]"
        f' "GET {"/static/a.css" if n % 3 else "/news/"} HTTP/1.1" 200 5120\n'
        for n in range(0, 86_400, 30)
    )
