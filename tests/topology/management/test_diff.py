"""`manage.py diff`: what changes from one plan to another, as effects."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.topology.stages.cast import design_at
from topology import document
from topology.design import Design


def test_the_change_is_told_from_servers_to_steps(tmp_path: Path) -> None:
    told = answer(*_plans(tmp_path, design_at("media_server"), design_at("load_balanced")))

    headings = [line for line in told.splitlines() if line and not line.startswith(" ")]
    assert headings == ["Changes", "Derived settings", "Doors", "Programs", "Before and after", "Steps"]
    assert "  web1 now runs pgbouncer too" in told
    assert "  web1 changes tcp/80: everybody → lb1" in told
    assert "cost a month                 168 USD       279 USD" in told
    assert told.rstrip().endswith("13. Shut the doors that nobody uses any more on web1")


def test_machines_get_forecasts_changes_effects_and_steps(tmp_path: Path) -> None:
    before, after = design_at("single"), design_at("split_database")

    told = json.loads(answer(*_plans(tmp_path, before, after), "--json"))

    assert told["before"]["plan_digest"] == told["before"]["forecast"]["plan_digest"] == document.digest(before)
    assert told["after"]["plan_digest"] == document.digest(after)
    assert [change["what"] for change in told["changes"]] == ["added", "added", "moved"]
    assert {effect["kind"] for effect in told["effects"]} == {"door", "program"}
    assert told["steps"][0]["title"] == "Bring the files to web1 and db1"


def test_the_same_plan_changes_nothing(tmp_path: Path) -> None:
    assert answer(*_plans(tmp_path, design_at("single"), design_at("single"))).strip() == "Nothing changes."


def test_a_plan_without_a_workload_is_compared_by_its_layout_alone(tmp_path: Path) -> None:
    bare = design_at("single").model_copy(update={"workload": None})
    paths = _plans(tmp_path, bare, design_at("split_database"))

    assert "Neither capacity nor cost is compared" in answer(*paths)
    assert json.loads(answer(*paths, "--json"))["before"]["forecast"] is None


def test_prices_of_two_currencies_stand_side_by_side(tmp_path: Path) -> None:
    priced_in_euros = design_at("single").model_copy(update={"currency": "EUR"})

    told = answer(*_plans(tmp_path, design_at("single"), priced_in_euros))

    assert "currency of the plan: added" in told


def test_a_plan_that_is_not_there_is_named(tmp_path: Path) -> None:
    errors = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("diff", str(tmp_path / "none.yaml"), "also-none.yaml", stdout=StringIO(), stderr=errors)

    assert ended.value.code == 2
    assert "none.yaml: this file cannot be read" in errors.getvalue()


def _plans(folder: Path, *designs: Design) -> list[Path]:
    paths = []
    for number, design in enumerate(designs):
        path = folder / f"{number}.yaml"
        path.write_text(document.to_yaml(design), encoding="utf-8")
        paths.append(path)
    return paths


def answer(*arguments: Any) -> str:
    out = StringIO()
    call_command("diff", *map(str, arguments), stdout=out)
    return out.getvalue()
