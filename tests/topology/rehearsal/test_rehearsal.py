"""Bundles are started from their files alone, asked through the front door, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.topology.stages.cast import SITE, design_at, python_bound
from topology.bundles import Bundle, build
from topology.design import Networks, System
from topology.errors import TierwrightError
from topology.rehearsal import rehearse
from topology.rehearsal.hosts import Rack, refuse_unfit_machine
from topology.rehearsal.startup import in_order
from topology.stages import evolve, first, stage_named

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a rehearsal needs root")
HELD = """
import sys
from topology.rehearsal.hosts import Rack
with Rack({"a1": "10.0.0.11"}, "10.0.0.0/24") as rack:
    print(rack.hosts["a1"].pid, flush=True)
    sys.stdin.read()
"""


@needs_root
@pytest.mark.slow
def test_the_single_server_answers_everything() -> None:
    report = rehearse(build(design_at("single")))

    assert [answer.says for answer in report.answers if not answer.passed] == []
    assert report.drill is None
    assert "20 rows of the database" in report.text()
    assert report.to_document()["passed"] is True


@needs_root
@pytest.mark.slow
def test_a_web_server_is_replaced_under_load_without_a_failed_request() -> None:
    report = rehearse(build(design_at("load_balanced")))

    assert [answer.says for answer in report.answers if not answer.passed] == []
    assert report.drill is not None
    assert report.drill.failed == 0
    assert report.drill.passed
    assert any("NFS" in text for text in report.started.stand_ins)


@needs_root
@pytest.mark.slow
def test_a_program_that_does_not_start_is_quoted() -> None:
    bundle = build(design_at("single"))
    broken = with_text(bundle, "etc/nginx/nginx.conf", lambda text: text.replace("events {", "nonsense on;\nevents {"))

    with pytest.raises(TierwrightError, match=r'nginx\.service.*unknown directive "nonsense"'):
        rehearse(broken)


@needs_root
@pytest.mark.slow
def test_nothing_is_left_of_a_run_that_was_killed() -> None:
    run = subprocess.Popen([sys.executable, "-c", HELD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    first = int(run.stdout.readline())

    run.send_signal(signal.SIGKILL)
    run.communicate()

    with Rack({"a1": "10.0.0.11"}, "10.0.0.0/24") as rack:
        folders = {folder.name for folder in Path("/tmp").glob("tierwright-rehearsal-*")}
        assert rack.hosts["a1"].run(["hostname"]).output == "a1\n"
    until = time.monotonic() + 60  # the kernel ends a namespace a moment after its first process
    while Path(f"/proc/{first}/ns").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{first}/ns").exists()
    assert len(folders) == 1


def test_without_root_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(TierwrightError, match="a rehearsal needs root"):
        refuse_unfit_machine()


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topology.rehearsal.refuse_unfit_machine", lambda: None)
    other: System = "ubuntu2404"

    with pytest.raises(TierwrightError, match="this machine has the programs of debian12"):
        rehearse(build(design_at("single").model_copy(update={"system": other})))


def test_every_role_starts_after_those_that_it_asks() -> None:
    order = [placed.role.name for placed in in_order(build(design_at("big")).cluster)]

    chain = ("nftables", "postgresql", "postgresql_replica", "pgbouncer", "gunicorn", "nginx", "haproxy")
    assert [role for role in dict.fromkeys(order) if role in chain] == list(chain)


def with_text(bundle: Bundle, path: str, change: Callable[[str], str]) -> Bundle:
    """The bundle with another text in one of its files, wherever it is."""
    files = tuple(
        replace(file, config=replace(file.config, text=change(file.config.text))) if file.path == path else file
        for file in bundle.files
    )
    return replace(bundle, files=files)


def test_equals_that_watch_each_other_do_not_wait_for_each_other() -> None:
    shared = first(SITE, python_bound(), network=Networks(vrrp=True))
    design = evolve(shared, choices={"big": stage_named("big").choices(balancing="vip")}).view("big").design

    order = [placed.role.name for placed in in_order(build(design).cluster)]

    assert order.count("keepalived") == 2
