"""`manage.py sweep`: a large question from the terminal, followed to its end or left to workers."""

from __future__ import annotations

import json
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from topology import shards
from topology.models import Sweep

pytestmark = pytest.mark.django_db(transaction=True)
WORKLOAD = """
peak_requests_per_second: 30
classes: {page: {share: 0.1}, static: {share: 0.9}}
"""
PLAN = """
tierwright: 1
name: shop
sites: [{name: shop, domains: [shop.example.com]}]
workload: {peak_requests_per_second: 10, classes: {page: {share: 1.0}}}
tiers:
  - {name: web, servers: {count: 1, type: large}, roles: [nginx, gunicorn, postgresql]}
"""


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """The arguments of a small sweep."""
    path = tmp_path / "workload.yaml"
    path.write_text(WORKLOAD, encoding="utf-8")
    options = {"workload": path, "p95": 3000, "availability": 0.99, "headroom": 0.3, "candidates": 60, "worlds": 8}
    return [f"--{name}={value}" for name, value in options.items()]


def ended(*arguments: str) -> tuple[int, str, str]:
    """Exit code, result and messages."""
    out, messages = StringIO(), StringIO()
    code = 0
    try:
        call_command("sweep", *arguments, stdout=out, stderr=messages)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue(), messages.getvalue()


def test_a_person_reads_the_winner_and_what_certainty_costs(asked: list[str]) -> None:
    code, text, _ = ended(*asked, "--sure=0.5")

    assert code == 0
    assert text.startswith("60 candidates in 8 worlds, seed 1\n")
    assert "Cheapest that holds in 50 % of the worlds: " in text
    assert "What certainty costs:" in text


def test_where_none_is_sure_enough_that_is_a_finding(asked: list[str]) -> None:
    code, text, _ = ended(*asked, "--sure=1", "--p95=40")

    assert code == 1
    assert "None holds in 100 % of the worlds. The surest holds in " in text


def test_where_none_ever_holds_the_search_is_named(asked: list[str]) -> None:
    code, text, _ = ended(*asked, "--p95=0.000001")

    assert code == 1
    assert "In no world does any of them hold this; the command cheapest says" in text
    assert "What certainty costs" not in text


def test_a_machine_reads_the_same_however_it_is_cut(asked: list[str]) -> None:
    answers = [json.loads(ended(*asked, "--json", "--sure=0.5", f"--shards={count}")[1]) for count in (1, 5)]

    assert answers[0]["state"] == "done"
    assert answers[0]["answer"] == answers[1]["answer"]


def test_workers_elsewhere_are_not_waited_for_unless_asked(asked: list[str], settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    code, text, _ = ended(*asked, "--shards=3")

    assert code == 0
    assert text == f"sweep {Sweep.objects.get().pk}: running, 0 of 3 shards done\n"


def test_the_process_itself_works_where_nothing_else_is_set_and_is_waited_for(
    asked: list[str], settings: Settings
) -> None:
    settings.TASKS = {"default": {"BACKEND": "topology.background.ThreadBackend"}}

    _, text, messages = ended(*asked, "--shards=3", "--sure=0.5")

    assert "Cheapest that holds" in text
    assert "of 3 shards done" in messages


def test_a_sweep_that_failed_says_why_and_goes_on(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(shards, "sweep_work", lambda *_: 1 / 0)
        code, _, messages = ended(*asked)
    sweep = Sweep.objects.get()

    assert code == 3
    assert "shard 0 failed: ZeroDivisionError: division by zero; go on with: " in messages
    assert f"--id {sweep.pk} --resume" in messages
    assert ended(f"--id={sweep.pk}", "--resume")[0] in (0, 1)


def test_a_sweep_is_stopped(asked: list[str], settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    ended(*asked)

    _, text, _ = ended(f"--id={Sweep.objects.get().pk}", "--cancel")

    assert ": cancelled, 0 of" in text


def test_a_plan_is_simulated_with_many_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN, encoding="utf-8")

    code, text, _ = ended(f"--simulate={plan}", "--seeds=8")

    assert code == 0
    assert text.startswith("8 runs with seeds of their own, ")
    assert "p95   " in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--p95=100"], "--workload: this is needed"),
        (["--resume"], "--id: name the sweep"),
        ([f"--id={uuid.UUID(int=1)}"], "--id: there is no such sweep"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(arguments: list[str], sentence: str) -> None:
    code, _, messages = ended(*arguments)

    assert code == 2
    assert sentence in messages


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ("--worlds=0", "worlds: a sweep has from 1"),
        ("--candidates=-5", "candidates: a sweep has from 1"),
        ("--sure=nan", "sure: how sure"),
        ("--seed=-1", "seed: a seed is a whole number"),
        ("--shards=0", "shards: a sweep has at least one shard"),
        ("--p95=0", "p95_ms: a response takes time"),
    ],
)
def test_numbers_that_make_no_sense_are_a_sentence(asked: list[str], changed: str, sentence: str) -> None:
    code, _, messages = ended(*asked, changed)

    assert code == 2
    assert sentence in messages
