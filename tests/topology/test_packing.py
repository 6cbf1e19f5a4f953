"""A bundle with its papers: the runbook of a change lists exactly the files that differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import builders
from tests.evidence.stages_exported import differences, listed_in
from topology.bundles import write_directory
from topology.capacity import forecast
from topology.checks import findings
from topology.components import ConfigFile, Placed
from topology.components.nginx import Nginx
from topology.design import Design
from topology.packing import pack
from topology.stages import stage_named
from topology.workload import Workload


def single() -> Design:
    design = builders.newspaper(workload={"peak_requests_per_second": 20}, tiers=[builders.NEWSPAPER["tiers"][0]])
    return stage_named("single").advance(design)


def test_a_first_installation_lists_every_file(tmp_path: Path) -> None:
    write_directory(pack(single()).bundle, tmp_path / "new")

    assert differences(tmp_path / "nothing" / "hosts", tmp_path / "new" / "hosts") == listed_in(
        (tmp_path / "new" / "RUNBOOK.md").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", ["split_database", "media_server"])
def test_a_change_lists_exactly_the_files_that_differ(name: str, tmp_path: Path) -> None:
    before = single()
    after = stage_named(name).advance(before)

    write_directory(pack(before).bundle, tmp_path / "old")
    write_directory(pack(after, before=before).bundle, tmp_path / "new")

    found = differences(tmp_path / "old" / "hosts", tmp_path / "new" / "hosts")
    assert found == listed_in((tmp_path / "new" / "RUNBOOK.md").read_text(encoding="utf-8"))
    assert found


def test_a_plan_without_a_workload_is_packed_without_a_forecast() -> None:
    design = single().model_copy(update={"workload": None})

    packed = pack(design)

    assert packed.bundle.papers.forecast is None
    assert "holds no forecast" in packed.missing[0]


def test_what_cannot_be_drawn_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topology.diagrams.engine.engines", tuple)

    packed = pack(single())

    assert packed.bundle.papers.diagram is None
    assert "no diagram" in packed.missing[0]
    assert isinstance(packed.bundle.cluster.workload, Workload)


def test_a_bundle_says_of_its_files_what_the_checks_say_of_the_plan() -> None:
    design = single()

    packed = pack(design)

    assert packed.findings == findings(design, forecast=forecast(design))


def test_a_role_writes_its_files_once_for_the_bundle_its_checks_and_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Placed] = []
    files = Nginx.files

    def counted(self: Nginx, placed: Placed) -> tuple[ConfigFile, ...]:
        asked.append(placed)
        return files(self, placed)

    monkeypatch.setattr(Nginx, "files", counted)

    packed = pack(single())

    [of_bundle, of_runbook] = asked
    assert of_bundle.cluster is packed.bundle.cluster
    assert of_runbook.cluster is not of_bundle.cluster
