"""Sweeps by real workers, on the database and on a real Redis: one is killed in the middle, the answer is the same."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from planner.queues import redis_queue, task_backend
from tests.conftest import ROOT
from tests.database import database_url
from tests.topology.capacity.sweeping.cases import question
from tests.workers import LEASE_SECONDS, kill_at_work, redis_server, until, workers
from topology import sweeps
from topology.capacity import ManyWorlds
from topology.models import Shard, Sweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
IMMEDIATE = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WORLDS = 4096
"""Of which a shard takes long enough to be killed in its middle."""


@pytest.fixture(scope="module")
def asked() -> ManyWorlds:
    return question(worlds=WORLDS, most=600)


@pytest.fixture(params=["database", "redis"])
def kind(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """Who works, as an operator would set it."""
    settings.SWEEP_LEASE_SECONDS = LEASE_SECONDS
    settings.TASKS = task_backend(request.param)
    if request.param == "database":
        yield "database"
        return
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    with redis_server() as url:
        settings.RQ_QUEUES = redis_queue(url)
        yield "redis"


def variables(kind: str, settings: Settings) -> dict[str, str]:
    found = {"DATABASE_URL": database_url()}
    return found if kind == "database" else {**found, "REDIS_URL": settings.RQ_QUEUES["default"]["URL"]}


def test_two_workers_of_which_one_is_killed_come_to_the_answer_of_this_process(
    kind: str, asked: ManyWorlds, settings: Settings
) -> None:
    expected = _here(asked, settings)
    sweep = sweeps.begin(asked, shards=8, again=True)

    with workers(1, kind, variables(kind, settings)) as [victim]:
        kill_at_work(victim, Shard.objects.filter(sweep=sweep, state=Shard.State.RUNNING).exists)
    with workers(2, kind, variables(kind, settings)):
        until(lambda: sweeps.progress(sweep).ended)

    assert sweeps.progress(sweep).why == ""
    sweep.refresh_from_db()
    assert sweep.answer == expected.answer
    assert sum(Shard.objects.filter(sweep=sweep).values_list("starts", flat=True)) > 8  # the killed one's again


def test_a_queue_that_vanishes_midway_is_said_and_the_sweep_goes_on_elsewhere(
    asked: ManyWorlds, settings: Settings
) -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    expected = _here(asked, settings)
    settings.TASKS = task_backend("redis")
    with redis_server() as url:
        settings.RQ_QUEUES = redis_queue(url)
        sweep = sweeps.begin(asked, shards=2, again=True)
        Shard.objects.filter(sweep=sweep).update(seen_at=timezone.now() - timedelta(hours=1))

    assert "could not be queued (ConnectionError)" in sweeps.progress(sweep).why
    settings.TASKS = IMMEDIATE
    sweeps.resume(sweep)

    sweep.refresh_from_db()
    assert sweep.answer == expected.answer


def test_two_sweeps_at_once_keep_their_shards_apart(asked: ManyWorlds, settings: Settings) -> None:
    settings.TASKS = task_backend("database")
    first, second = (sweeps.begin(question(worlds=64, most=600, seed=seed), shards=4) for seed in (1, 2))

    with workers(2, "database", variables("database", settings)):
        until(lambda: all(sweeps.progress(sweep).ended for sweep in (first, second)))

    for sweep, seed in ((first, 1), (second, 2)):
        settings.TASKS = IMMEDIATE
        alone = sweeps.begin(question(worlds=64, most=600, seed=seed), shards=1, again=True)
        for each in (sweep, alone):
            each.refresh_from_db()
        assert (sweep.state, sweep.answer) == (Sweep.State.DONE, alone.answer)


def _here(asked: ManyWorlds, settings: Settings) -> Sweep:
    """The same sweep in one shard by this process."""
    kept = settings.TASKS
    settings.TASKS = IMMEDIATE
    sweep = sweeps.begin(asked, shards=1)
    settings.TASKS = kept
    sweep.refresh_from_db()
    assert sweep.state == Sweep.State.DONE
    return sweep


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_that_a_signal_ends_leaves_nothing_behind(number: signal.Signals) -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    run = """
import signal, time
from tests.workers import redis_server
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests in the background has it ignored
with redis_server() as url:
    print(url, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", run], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        socket = Path(process.stdout.readline().decode().strip().removeprefix("unix://"))
        assert socket.is_socket()
        process.send_signal(number)
        process.wait(timeout=30)

    assert not socket.parent.exists()
    assert subprocess.run(["pgrep", "--full", str(socket)], check=False).returncode == 1
