"""A sweep of 10,000 candidates in 256 worlds, however it is cut, whoever works on it, and though a worker is killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.core.management import call_command
from django.test import override_settings

from planner.queues import redis_queue, task_backend
from tests.database import database_url
from tests.evidence import Evidence
from tests.workers import LEASE_SECONDS, kill_at_work, redis_server, until, workers
from topology import demo, sweeps
from topology.capacity import ManyWorlds, Objective, many_worlds
from topology.models import Shard, Sweep
from topology.stages import evolve

ISSUE = 2
CANDIDATES, WORLDS, SEED = 10_000, 256, 21
SHARDS, ROUNDS = (1, 4, 16), 2
NAMES = {"database": "the database (db_worker)", "redis": "Redis (rqworker)"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One sweep from its beginning to its answer."""

    kind: str
    workers: int
    shards: int
    seconds: float
    digest: str
    killed: bool = False


def measure() -> Evidence:
    """Every kind of worker, one and two of them, every cut; the quicker of two rounds counts."""
    call_command("migrate", verbosity=0)
    asked = question()
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}):
        alone = _run(asked, "process", workers=0, shards=1)
    found = [run for kind in NAMES for run in _runs(asked, kind)]
    digests = {run.digest for run in (alone, *found)}
    return Evidence(
        title="Sweeps past one machine",
        command="bin/evidence 2 --only sweeps",
        passed=len(digests) == 1 and "" not in digests and asked.shape == (CANDIDATES, WORLDS),
        columns=("queue", "workers", "shards", "seconds", "speed-up over 1 worker", "SHA-256 of the answer"),
        rows=(
            ("none: this process", 1, 1, round(alone.seconds, 2), None, alone.digest[:16]),
            *(_row(run, found) for run in found),
        ),
        text=(
            f"The demo's workload, {CANDIDATES:,} candidates of its five stages, {WORLDS} worlds, seed {SEED}:"
            f" {CANDIDATES * WORLDS:,} evaluations. Seconds are from the beginning of a sweep to its answer, by workers"
            f" that have worked before, the quicker of {ROUNDS} rounds; on a machine of so few cores, which they share"
            " with the queue and this program, a speed-up below the number of workers is all there is. In the rows that"
            f" say killed, one of two workers was killed (SIGKILL) while it held a shard; its lease was"
            f" {LEASE_SECONDS} s. Promised: one answer in every row, to the bit."
        ),
    )


def question() -> ManyWorlds:
    """What the demo asks."""
    workload = demo.workload()
    stages = evolve(workload)
    return many_worlds(
        [view.design for view in stages.views],
        workload,
        Objective(p95_ms=2000, availability=0.99, headroom=0.3),
        names=[view.name for view in stages.views],
        worlds=WORLDS,
        most=CANDIDATES,
        seed=SEED,
    )


def _row(run: Run, found: list[Run]) -> tuple[str | int | float | None, ...]:
    base = next(r for r in found if (r.kind, r.workers, r.shards) == (run.kind, 1, run.shards))
    speed_up = None if run.killed or run.workers == 1 else round(base.seconds / run.seconds, 2)
    name = f"{NAMES[run.kind]}, one killed" if run.killed else NAMES[run.kind]
    return name, run.workers, run.shards, round(run.seconds, 2), speed_up, run.digest[:16]


def _runs(asked: ManyWorlds, kind: str) -> Iterator[Run]:
    with _queue(kind) as variables, ExitStack() as stack:
        for count in (1, 2):
            stack.enter_context(workers(1, kind, variables))
            _warm(asked)
            for shards in SHARDS:
                rounds = [_run(asked, kind, workers=count, shards=shards) for _ in range(ROUNDS)]
                yield min(rounds, key=lambda run: run.seconds)
    with _queue(kind) as variables:
        yield _killed(asked, kind, variables)


@contextmanager
def _queue(kind: str) -> Iterator[dict[str, str]]:
    """The settings of this process, and the variables of its workers."""
    variables = {"DATABASE_URL": database_url()}
    with ExitStack() as stack:
        changed = {"TASKS": task_backend(kind), "SWEEP_LEASE_SECONDS": LEASE_SECONDS}
        if kind == "redis":
            variables["REDIS_URL"] = stack.enter_context(redis_server())
            changed["RQ_QUEUES"] = redis_queue(variables["REDIS_URL"])
        stack.enter_context(override_settings(**changed))
        yield variables


def _warm(asked: ManyWorlds) -> None:
    """Until every worker has loaded what it needs."""
    for _ in range(3):
        _run(asked, "", workers=0, shards=16)
        time.sleep(2)


def _run(asked: ManyWorlds, kind: str, *, workers: int, shards: int) -> Run:
    started = time.monotonic()
    sweep = sweeps.begin(asked, shards=shards, again=True)
    digest = _ended(sweep)
    return Run(kind=kind, workers=workers, shards=shards, seconds=time.monotonic() - started, digest=digest)


def _ended(sweep: Sweep) -> str:
    """The digest of its answer, when there is one."""
    until(lambda: sweeps.progress(sweep).ended, seconds=600)
    sweep.refresh_from_db()
    return sweep.answer_digest


def _killed(asked: ManyWorlds, kind: str, variables: dict[str, str]) -> Run:
    """Of two workers the one that is at work first is killed; the other comes after."""
    shards = SHARDS[1]  # few, so that each takes a while
    started = time.monotonic()
    sweep = sweeps.begin(asked, shards=shards, again=True)
    with workers(1, kind, variables) as [victim]:
        kill_at_work(victim, Shard.objects.filter(sweep=sweep, state=Shard.State.RUNNING).exists)
    with workers(1, kind, variables):
        digest = _ended(sweep)
    seconds = time.monotonic() - started
    starts = sum(Shard.objects.filter(sweep=sweep).values_list("starts", flat=True))
    assert starts > shards, "the shard of the killed worker was begun once more"
    return Run(kind=kind, workers=2, shards=shards, seconds=seconds, digest=digest, killed=True)
