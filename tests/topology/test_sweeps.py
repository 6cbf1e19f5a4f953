"""Sweeps: however they are cut, whoever works on them, and whatever dies meanwhile, each shard counts once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from tests.topology.capacity.sweeping.cases import question
from tests.workers import until
from topology import shards, sweeps, tasks
from topology.capacity import ManyWorlds, Piece, forecast, sweep_work
from topology.errors import TierwrightError
from topology.models import Shard, ShardAnswer, Sweep

pytestmark = pytest.mark.django_db(transaction=True)
IMMEDIATE = "django_tasks.backends.immediate.ImmediateBackend"
DATABASE = "django_tasks_db.DatabaseBackend"
DUMMY = "django_tasks.backends.dummy.DummyBackend"
STATES = Sweep.State


@pytest.fixture(scope="module")
def asked() -> ManyWorlds:
    return question()


@pytest.fixture(autouse=True)
def backend(settings: Settings) -> Callable[[str], None]:
    """Says who works; where nobody else is named, shards are worked on as they are queued."""

    def use(path: str, **options: object) -> None:
        settings.TASKS = {"default": {"BACKEND": path, "QUEUES": ["default"], **options}}

    use(IMMEDIATE)
    return use


def age(sweep: Sweep) -> None:
    """As if nothing had happened for an hour."""
    Shard.objects.filter(sweep=sweep).update(seen_at=timezone.now() - timedelta(hours=1))


def digest(sweep: Sweep) -> str:
    sweep.refresh_from_db()
    return sweep.answer_digest


# --- From begin to end -----------------------------------------------------------------------------------------


def test_a_sweep_runs_to_its_end_and_says_how_far_it_is(asked: ManyWorlds) -> None:
    sweep = sweeps.begin(asked, shards=4, label="The newspaper")

    progress = sweeps.progress(sweep)
    assert (progress.state, progress.done, progress.total, progress.share) == (STATES.DONE, 4, 4, 1.0)
    assert progress.ended
    answer = sweeps.result(sweep)
    assert answer is not None
    assert answer["candidates"] == len(asked.candidates)


def test_however_it_is_cut_the_answer_is_the_same(asked: ManyWorlds) -> None:
    found = {digest(sweeps.begin(asked, shards=count, again=True)) for count in (1, 4, 16)}

    assert len(found) == 1


def test_a_thread_of_the_process_works_where_nothing_else_is_set(
    asked: ManyWorlds, backend: Callable[[str], None]
) -> None:
    backend("topology.background.ThreadBackend")

    sweep = sweeps.begin(asked, shards=4)
    until(lambda: sweeps.progress(sweep).ended)

    assert sweeps.progress(sweep).state == STATES.DONE
    until(lambda: all(thread.name != "tasks" for thread in threading.enumerate()))


def test_the_same_question_is_not_worked_on_twice_unless_asked_for(asked: ManyWorlds) -> None:
    first = sweeps.begin(asked, shards=2)

    assert sweeps.begin(asked, shards=3) == first
    assert sweeps.begin(asked, shards=3, again=True) != first


def test_a_candidate_of_the_answer_becomes_a_plan(asked: ManyWorlds) -> None:
    sweep = sweeps.begin(asked)
    answer = sweeps.result(sweep)
    assert answer is not None

    design = sweeps.candidate(sweep, answer["ranking"][0]["candidate"])

    assert forecast(design).cost_month.amount == pytest.approx(answer["ranking"][0]["cost_month"])
    with pytest.raises(TierwrightError, match="candidate: this sweep has no candidate 123456"):
        sweeps.candidate(sweep, 123456)


def test_an_answer_that_parted_from_its_digest_is_refused(asked: ManyWorlds) -> None:
    sweep = sweeps.begin(asked)
    Sweep.objects.filter(pk=sweep.pk).update(answer="{}")

    with pytest.raises(TierwrightError, match="does not match its digest"):
        sweeps.result(sweep)


@pytest.mark.parametrize(("count", "sentence"), [(0, "at least one shard"), (10**6, "at most 10,000 shards")])
def test_a_number_of_shards_that_makes_no_sense_is_refused(asked: ManyWorlds, count: int, sentence: str) -> None:
    with pytest.raises(TierwrightError, match=sentence):
        sweeps.begin(asked, shards=count)


def test_a_label_that_is_no_text_is_refused(asked: ManyWorlds) -> None:
    with pytest.raises(TierwrightError, match="label:"):
        sweeps.begin(asked, label="a\x00b")

    assert not Sweep.objects.exists()


def test_old_sweeps_are_deleted_with_their_shards(asked: ManyWorlds) -> None:
    old, new = sweeps.begin(asked, shards=2), sweeps.begin(asked, shards=2, again=True)
    Sweep.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))

    assert sweeps.clear() == 1
    assert list(Sweep.objects.all()) == [new]
    assert ShardAnswer.objects.count() == 2


# --- A shard counts once ---------------------------------------------------------------------------------------


def test_of_two_workers_on_one_shard_one_works(
    asked: ManyWorlds, backend: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend(DUMMY)
    sweep = sweeps.begin(asked, shards=1)
    barrier, worked = threading.Barrier(4), []

    def work(*arguments: Any) -> str:
        worked.append(threading.get_ident())
        return sweep_work(*arguments)

    def take(_: int) -> None:
        barrier.wait(timeout=30)
        try:
            shards.run(sweep.pk, 0)
        finally:
            connections.close_all()

    monkeypatch.setattr(shards, "sweep_work", work)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(take, range(4)))

    assert len(worked) == 1
    assert sweeps.progress(sweep).state == STATES.DONE


def test_a_shard_that_two_workers_finish_counts_once(asked: ManyWorlds, backend: Callable[[str], None]) -> None:
    whole = sweeps.begin(asked, shards=2)
    backend(DUMMY)
    sweep = sweeps.begin(asked, shards=2, again=True)
    first = shards._take(sweep.pk, 0)
    assert first is not None
    text = sweep_work(asked, shards._piece(first), lambda share: None)
    Shard.objects.filter(pk=first.pk).update(state=Shard.State.WAITING)  # taken for dead, though it lives

    shards.run(sweep.pk, 0)
    shards._keep(first, text)
    shards.run(sweep.pk, 1)

    assert ShardAnswer.objects.filter(shard__sweep=sweep).count() == 2
    assert digest(sweep) == digest(whole)


def test_the_database_refuses_a_second_answer(asked: ManyWorlds) -> None:
    sweeps.begin(asked, shards=1)
    answer = ShardAnswer.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        ShardAnswer.objects.create(shard=answer.shard, content=b"", digest="")


def test_two_answers_that_differ_end_the_sweep(asked: ManyWorlds, backend: Callable[[str], None]) -> None:
    backend(DUMMY)
    sweep = sweeps.begin(asked, shards=2)
    shard = shards._take(sweep.pk, 0)
    assert shard is not None

    shards._keep(shard, "one")
    shards._keep(shard, "another")

    progress = sweeps.progress(sweep)
    assert progress.state == STATES.FAILED
    assert "shard 0 came out differently on two workers" in progress.why


def test_a_shard_of_a_sweep_that_was_deleted_meanwhile_is_forgotten(
    asked: ManyWorlds, backend: Callable[[str], None]
) -> None:
    backend(DUMMY)
    sweep = sweeps.begin(asked, shards=1)
    shard = shards._take(sweep.pk, 0)
    assert shard is not None
    sweep.delete()

    shards._keep(shard, "late")

    assert not ShardAnswer.objects.exists()


# --- What fails ------------------------------------------------------------------------------------------------


def test_a_shard_that_raises_ends_the_sweep_with_its_reason_and_it_can_go_on(
    asked: ManyWorlds, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = sweeps.begin(asked, shards=4)
    with monkeypatch.context() as patched:
        patched.setattr(shards, "sweep_work", _failing_on_the_second)
        sweep = sweeps.begin(asked, shards=4, again=True)

    failed = sweeps.progress(sweep)
    assert (failed.state, failed.done) == (STATES.FAILED, 1)
    assert failed.why == "shard 1 failed: ArithmeticError: the figures do not add up"
    assert sweeps.result(sweep) is None

    sweeps.resume(sweep)

    assert sweeps.progress(sweep).state == STATES.DONE
    assert digest(sweep) == digest(whole)


def _failing_on_the_second(asked: ManyWorlds, piece: Piece, tell: Callable[[float], None]) -> str:
    if piece.columns.start > 0:
        raise ArithmeticError("the figures do not add up")
    return sweep_work(asked, piece, tell)


def test_another_engine_says_so(asked: ManyWorlds) -> None:
    sweep = sweeps.begin(asked.model_copy(update={"engine": "0.1"}), shards=1)

    assert "this sweep was begun with engine 0.1" in sweeps.progress(sweep).why


def test_a_queue_that_cannot_be_reached_is_said_and_the_sweep_can_go_on(
    asked: ManyWorlds, backend: Callable[[str], None], settings: Settings
) -> None:
    settings.RQ_QUEUES = {"default": {"URL": "unix:///nowhere/socket"}}
    backend("django_tasks_rq.RQBackend")

    sweep = sweeps.begin(asked, shards=2)

    assert "the shards could not be queued (ConnectionError)" in sweeps.progress(sweep).why
    backend(IMMEDIATE)
    sweeps.resume(sweep)
    assert sweeps.progress(sweep).state == STATES.DONE


# --- Who dies, and what is lost --------------------------------------------------------------------------------


def test_the_shard_of_a_silent_worker_is_given_to_another(asked: ManyWorlds, backend: Callable[[str], None]) -> None:
    backend(DUMMY)
    sweep = sweeps.begin(asked, shards=2)
    assert shards._take(sweep.pk, 0) is not None
    shards.run(sweep.pk, 1)
    backend(IMMEDIATE)

    assert sweeps.progress(sweep).state == STATES.RUNNING  # it may still be at work
    age(sweep)

    assert sweeps.progress(sweep).state == STATES.DONE


def test_a_shard_that_kills_its_workers_is_not_given_to_ever_more_of_them(
    asked: ManyWorlds, backend: Callable[[str], None]
) -> None:
    backend(DUMMY)
    sweep = sweeps.begin(asked, shards=1)
    for _ in range(tasks.MOST_STARTS):
        assert shards._take(sweep.pk, 0) is not None
        age(sweep)
        progress = sweeps.progress(sweep)

    assert progress.state == STATES.FAILED
    assert "shard 0 was begun 5 times, and each time its worker died" in progress.why


def test_shards_that_the_queue_has_forgotten_are_queued_again(
    asked: ManyWorlds, backend: Callable[[str], None]
) -> None:
    backend(DATABASE)
    sweep = sweeps.begin(asked, shards=3)
    queued = DBTaskResult.objects.filter(task_path=tasks.run_shard.module_path)
    queued.first().delete()  # type: ignore[union-attr]

    sweeps.progress(sweep)
    assert queued.count() == 2  # all may still come
    age(sweep)
    sweeps.progress(sweep)

    assert queued.count() == 3
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    assert sweeps.progress(sweep).state == STATES.DONE


def test_what_was_complete_but_not_put_together_is(
    asked: ManyWorlds, backend: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(shards, "conclude", lambda sweep: None)  # it dies just before
        sweep = sweeps.begin(asked, shards=2)
    age(sweep)

    assert sweeps.progress(sweep).state == STATES.DONE


def test_a_worker_looks_after_a_sweep_that_nobody_watches(asked: ManyWorlds, backend: Callable[[str], None]) -> None:
    backend(DATABASE)
    sweep = sweeps.begin(asked, shards=1)
    assert shards._take(sweep.pk, 0) is not None
    age(sweep)
    DBTaskResult.objects.filter(task_path=tasks.look_after.module_path).update(run_after=timezone.now())

    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)

    sweep.refresh_from_db()
    assert sweep.state == STATES.DONE


# --- Cancel ----------------------------------------------------------------------------------------------------


def test_a_sweep_is_cancelled_while_it_runs_and_goes_on_later(
    asked: ManyWorlds, backend: Callable[[str], None], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SWEEP_LEASE_SECONDS = 1
    backend("topology.background.ThreadBackend")
    left = threading.Event()

    def endless(asked: ManyWorlds, piece: Piece, tell: Callable[[float], None]) -> str:
        try:
            while True:
                tell(0.5)
                left.wait(0.01)
        finally:
            left.set()

    with monkeypatch.context() as patched:
        patched.setattr(shards, "sweep_work", endless)
        sweep = sweeps.begin(asked, shards=2)
        until(lambda: sweeps.progress(sweep).share == 0.25)
        sweeps.cancel(sweep)
        assert left.wait(30)
        until(lambda: all(thread.name != "tasks" for thread in threading.enumerate()))

    assert sweeps.progress(sweep).state == STATES.CANCELLED
    assert not ShardAnswer.objects.exists()
    sweeps.resume(sweep)
    until(lambda: sweeps.progress(sweep).ended)
    assert sweeps.progress(sweep).state == STATES.DONE


def test_what_ended_is_neither_cancelled_nor_begun_anew(asked: ManyWorlds) -> None:
    sweep = sweeps.begin(asked, shards=1)

    sweeps.cancel(sweep)
    sweeps.resume(sweep)

    assert sweep.state == STATES.DONE
    assert Shard.objects.get().starts == 1


def test_a_task_for_a_sweep_that_is_gone_does_nothing() -> None:
    tasks.run_shard.enqueue(str(uuid.uuid4()), 0)
    tasks.look_after.enqueue(str(uuid.uuid4()))

    assert not Shard.objects.exists()


def test_the_tables_of_sweeps_can_be_taken_away_and_brought_back(asked: ManyWorlds) -> None:
    call_command("migrate", "topology", "0002", verbosity=0)
    call_command("migrate", "topology", verbosity=0)

    assert digest(sweeps.begin(asked, shards=2))
