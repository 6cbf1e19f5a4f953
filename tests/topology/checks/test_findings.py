"""What the front door of the checks gives: everything that is found, in order, and nothing that falls over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import get_args

import pytest

from tests.builders import newspaper
from tests.conftest import DATA_DIR
from tests.topology.checks.plans import data_of, design_of
from topology import intake
from topology.checks import LEVELS, checks, findings, report, sight_of
from topology.components import Component, catalogue
from topology.demo import workload
from topology.design import Site, Stack
from topology.document import load
from topology.practice import Waiver
from topology.stages import evolve, first

LOGS = DATA_DIR / "logs"
WHERE = re.compile(Waiver.model_fields["where"].metadata[-1].pattern)
CASES = [path for c in catalogue().components for path in sorted(c.folder.glob("cases/good/*.yaml"))]
STAGES = ("single", "split_database", "media_server", "load_balanced", "big")


def test_every_check_is_told_and_ends_with_its_fix() -> None:
    for check in checks():
        assert check.text.count("\n\n") >= 2, f"{check.name} says what must hold, why, and what to do"
        assert check.title
        assert not check.title.endswith(".")
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.name)


def test_the_gravest_comes_first() -> None:
    found = findings(newspaper(tiers=data_of("direct")["tiers"][1:2]))

    assert [LEVELS.index(finding.level) for finding in found] == sorted(LEVELS.index(f.level) for f in found)
    assert found[0].level == "error"


def test_a_role_that_refuses_is_a_finding_with_its_sentence() -> None:
    data = data_of("direct")
    data["tiers"][1]["roles"] = ["nginx", "gunicorn", "nfs_client"]

    [refused, *_] = [f for f in findings(design_of(data)) if f.check == "files-written"]

    assert "no cache" in refused.says
    assert refused.stops


def test_a_design_that_cannot_be_resolved_is_a_finding() -> None:
    data = data_of("single")
    data["tiers"][0]["roles"] = [{"nginx": {}}, {"haproxy": {}}, "gunicorn", "postgresql"]

    [finding] = findings(design_of(data))

    assert finding.check == "sound-design"
    assert finding.stops
    assert WHERE.fullmatch(finding.where)


def test_a_role_that_cannot_be_sized_is_a_finding() -> None:
    design = newspaper(
        tiers=[{"name": "copy", "servers": {"count": 1, "type": "small"}, "roles": ["redis_replica"]}], workload=None
    )  # fmt: skip

    [finding] = findings(design)

    assert (finding.check, finding.level) == ("sound-design", "error")
    assert "no server has the role redis" in finding.says


def test_a_file_that_cannot_be_read_back_is_a_finding() -> None:
    design = design_of(data_of("whole"))
    path = "/etc/newspaper/tierwright_settings.py"

    found = findings(design, texts={"web1": {path: "this is ( no Python"}})

    [finding] = [f for f in found if f.check == "files-written"]
    assert "cannot be read back" in finding.says


BREAKS: tuple[Callable[[str], str], ...] = (
    lambda text: "",
    lambda text: "}{ garbage \" ' =\n",
    lambda text: text[: len(text) // 2],
    lambda text: text.replace("10.0.0.", "10.0.0"),
    lambda text: "".join(sign for sign in text if not sign.isdigit()),
)


@pytest.mark.slow
@pytest.mark.parametrize("plan", ["whole", "names"])
def test_files_with_anything_in_them_are_looked_at(plan: str) -> None:
    design = design_of(data_of(plan))
    files = {path: (host, text) for host, texts in sight_of(design).texts.items() for path, text in texts.items()}

    for path, (host, text) in files.items():
        for change in BREAKS:
            findings(design, texts={host: {path: change(text)}})


def test_every_place_can_be_named_by_a_waiver() -> None:
    data = data_of("whole")
    for site in data["sites"]:
        del site["says"]

    found = findings(design_of(data))

    assert found
    assert all(WHERE.fullmatch(finding.where) for finding in found)


def test_what_nobody_said_is_unknown_and_stops_nothing() -> None:
    data = data_of("whole")
    for site in data["sites"]:
        del site["says"]

    found = findings(design_of(data))

    unknown = {finding.check for finding in found if finding.state == "unknown"}
    assert {"sessions-shared", "uploads-shared", "nothing-local", "keys-agree", "plan-settings-taken"} <= unknown
    assert not any(finding.stops for finding in found)


@pytest.mark.parametrize(
    ("said", "check"),
    [
        ({"sessions": "file"}, "sessions-shared"),
        ({"cache": "local_memory"}, "sessions-shared"),
        ({"uploads": "local_disk"}, "uploads-shared"),
        ({"local_files": True}, "nothing-local"),
        ({"local_addresses": True}, "nothing-assumed-local"),
        ({"replaceable": False}, "all-replaceable"),
        ({"takes_plan_settings": False}, "plan-settings-taken"),
        ({"secret_key_shared": False}, "keys-agree"),
        ({"prepared_statements": True}, "transaction-pooling"),
        ({"scheduled": "cron"}, "one-leader"),
    ],
)
def test_what_people_say_is_judged(said: Mapping[str, object], check: str) -> None:
    data = data_of("whole")
    data["sites"][0]["says"].update(said)

    found = [finding for finding in findings(design_of(data)) if finding.state == "fails"]

    assert check in {finding.check for finding in found}
    assert all("newspaper" in finding.where for finding in found if finding.check == check)


def test_one_application_server_may_keep_what_is_its_own() -> None:
    data = data_of("single")
    own = {"sessions": "file", "cache": "local_memory", "uploads": "local_disk", "local_files": True}
    data["sites"][0]["says"].update(own)

    assert not any(finding.stops for finding in findings(design_of(data)))


def test_uploads_that_are_mounted_nowhere_are_found() -> None:
    data = data_of("whole")
    data["tiers"][1]["roles"].remove("nfs_client")
    data["tiers"][2]["roles"] = ["nginx_media"]

    found = {finding.check for finding in findings(design_of(data)) if finding.stops}

    assert "uploads-shared" in found


def test_the_report_names_every_check_with_its_result() -> None:
    data = data_of("whole")
    data["sites"][0]["says"] = {}
    found = findings(design_of(data))

    document = report(found)

    results = {row["check"]: row["result"] for row in document["checks"]}
    assert set(results) == {check.name for check in checks()}
    assert results["sessions-shared"] == "unknown"
    assert results["pool-waits-shorter"] == "nothing_found"
    assert len(document["findings"]) == len(found)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("stack", get_args(Stack))
def test_the_stages_of_the_demo_have_no_error(stage: str, stack: Stack) -> None:
    start = first(Site(name="newspaper", domains=("www.newspaper.example",)), workload(), stack=stack)
    design = evolve(start).view(stage).design

    assert [finding for finding in findings(design) if finding.level == "error"] == []


@pytest.mark.parametrize("log", sorted([*LOGS.glob("*.log"), *LOGS.glob("*.jsonl")]), ids=lambda log: log.name)
def test_the_stages_of_a_real_log_have_no_error(log: Path) -> None:
    asked = intake.workload_of(intake.read_logs([log]))
    stages = evolve(first(Site(name="site", domains=("www.example.com",)), asked))

    for stage in STAGES:
        design = stages.view(stage).design
        assert [finding for finding in findings(design) if finding.level == "error"] == [], stage


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parents[2].name}-{case.stem}")
def test_good_cases_of_components_have_no_error(case: Path) -> None:
    design = load(case.read_bytes(), catalogue=catalogue(), file=case.name)

    assert [f"{f.check}: {f.where}: {f.says}" for f in findings(design) if f.level == "error"] == []


@pytest.mark.parametrize("component", catalogue().components, ids=lambda component: component.name)
def test_components_with_files_read_them_back(component: Component) -> None:
    writes = type(component).files is not Component.files

    assert not writes or type(component).read is not Component.read, (
        "it has files: write `read()`, or no rule sees them"
    )


def test_many_servers_are_looked_at() -> None:
    data = data_of("whole")
    data["tiers"][1]["servers"] = {"count": 100, "type": "large"}

    sight = sight_of(design_of(data))

    assert len(sight.design.hosts) == 105
    assert len(findings(design_of(data))) < 400
