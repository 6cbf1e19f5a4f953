"""`manage.py stages`: five plans, a report for people and a document for machines."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.topology.stages.cast import design_at, python_bound, tiny
from topology import document
from topology.components import catalogue

FILES = ["1-single.yaml", "2-split_database.yaml", "3-media_server.yaml", "4-load_balanced.yaml", "5-big.yaml"]


@pytest.fixture
def workload(tmp_path: Path) -> Path:
    """A saved workload."""
    path = tmp_path / "workload.yaml"
    path.write_text(document.to_yaml(python_bound()), encoding="utf-8")
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan at the second stage."""
    path = tmp_path / "plan.yaml"
    path.write_text(document.to_yaml(design_at("split_database", tiny())), encoding="utf-8")
    return path


def test_the_five_plans_are_written_and_load_back_with_the_digests_that_were_told(
    tmp_path: Path, workload: Path
) -> None:
    told = json.loads(answer("--workload", workload, "-o", tmp_path / "out", "--json"))

    written = sorted((tmp_path / "out").iterdir())

    assert [path.name for path in written] == FILES
    digests = [document.digest(document.load(path.read_bytes(), catalogue=catalogue())) for path in written]
    assert digests == [stage["plan_digest"] for stage in told["stages"]]


def test_each_written_plan_is_told_to_be_at_its_stage(tmp_path: Path, workload: Path) -> None:
    answer("--workload", workload, "-o", tmp_path)

    current = [json.loads(answer(tmp_path / name, "--json"))["current"] for name in FILES]

    assert current == [name.partition("-")[2].removesuffix(".yaml") for name in FILES]


def test_the_report_begins_with_a_table_and_the_advice(plan: Path) -> None:
    lines = answer(plan).splitlines()

    assert lines[0].split()[:2] == ["stage", "servers"]
    assert any(line.startswith("* split_database") for line in lines)
    assert "Recommended: stay" in lines
    assert any("Doing nothing:" in line for line in lines)
    assert all(len(line) <= 110 for line in lines)


def test_a_workload_may_take_the_place_of_the_plans_own(plan: Path, workload: Path) -> None:
    told = json.loads(answer(plan, "--workload", workload, "--json"))

    assert {stage["forecast"]["offered_rps"] for stage in told["stages"]} == {30.0}
    assert told["current"] == "split_database"


def test_an_access_log_will_do(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    line = '192.0.2.1 - - [01/Nov/2026:10:{:02}:00 +0000] "GET /page/ HTTP/1.1" 200 5000 "-" "Mozilla/5.0"\n'
    log.write_text("".join(line.format(minute) for minute in range(60)), encoding="utf-8")

    told = json.loads(answer("--workload", log, "--json"))

    assert told["recommended"] is None
    assert "how busy the server was" in told["why"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name a plan file, or a workload with --workload FILE"),
        (("missing.yaml",), "missing.yaml: this file cannot be read"),
    ],
)
def test_what_is_missing_is_said_with_the_way_out(arguments: tuple[str, ...], says: str) -> None:
    assert says in refusal(*arguments)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, workload: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")

    assert "the plans cannot be written here" in refusal("--workload", workload, "-o", taken)


def test_nothing_is_written_where_there_is_no_answer(tmp_path: Path) -> None:
    design = design_at("single", tiny())
    roles = tuple(role for role in design.tiers[0].roles if role.name not in ("sqlite", "postgresql"))
    bare = design.model_copy(update={"tiers": (design.tiers[0].model_copy(update={"roles": roles}),)})
    plan = tmp_path / "bare.yaml"
    plan.write_text(document.to_yaml(bare), encoding="utf-8")

    assert "no server of this plan keeps the database" in refusal(plan, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def answer(*arguments: Any) -> str:
    out = StringIO()
    call_command("stages", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def refusal(*arguments: Any) -> str:
    """The sentence on stderr of a call that ends with 2."""
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("stages", *map(str, arguments), stdout=StringIO(), stderr=errors)
    assert ended.value.code == 2
    return errors.getvalue()
