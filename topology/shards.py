"""The work on one shard: take it, do it while saying that one lives, keep what came out once, and put all together."""

from __future__ import annotations

import logging
import threading
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from topology.capacity import Piece, Question, sweep_digest, sweep_join, sweep_question, sweep_work
from topology.errors import TierwrightError
from topology.models import Shard, ShardAnswer, Sweep

log = logging.getLogger(__name__)
MOST_BEAT_SECONDS = 1.0
BEATS_A_LEASE = 5
_MOST_WHY = 1000


class Lost(Exception):
    """The shard is no longer this run's: the sweep was stopped, or the run was taken for dead."""


def run(sweep: uuid.UUID, number: int) -> None:
    """Work on a shard, unless another does or it is not to be done; a fault ends the sweep and is raised."""
    shard = _take(sweep, number)
    if shard is None:
        return
    try:
        question = _question(Sweep.objects.values_list("question", flat=True).get(pk=sweep))
        with _beating(shard) as beat:
            text = sweep_work(question, _piece(shard), beat.tell)
    except Lost:
        return
    except Exception as error:
        _fail(shard, error)
        raise
    _keep(shard, text)
    conclude(sweep)


def conclude(sweep: uuid.UUID) -> None:
    """Put the shards of a sweep together where all are done; whoever comes second changes nothing."""
    row = Sweep.objects.filter(pk=sweep, state=Sweep.State.RUNNING).first()
    if row is None or row.shards.exclude(state=Shard.State.DONE).exists():
        return
    try:
        answers = ShardAnswer.objects.filter(shard__sweep=row).order_by("shard__number")
        answer = sweep_join(_question(row.question), [zlib.decompress(item.content).decode() for item in answers])
    except Exception as error:
        stop(sweep, f"the shards could not be put together: {_sentence(error)}")
        raise
    running = Sweep.objects.filter(pk=sweep, state=Sweep.State.RUNNING)
    running.update(state=Sweep.State.DONE, answer=answer, answer_digest=sweep_digest(answer), ended_at=Now())


def stop(sweep: uuid.UUID, why: str) -> None:
    """End a sweep that cannot go on by itself."""
    running = Sweep.objects.filter(pk=sweep, state=Sweep.State.RUNNING)
    running.update(state=Sweep.State.FAILED, why=why[:_MOST_WHY], ended_at=Now())


def _take(sweep: uuid.UUID, number: int) -> Shard | None:
    if not Sweep.objects.filter(pk=sweep, state=Sweep.State.RUNNING).exists():
        return None
    holder = uuid.uuid4()
    # One statement on one table: of two workers the database lets one change the row, and the other finds it changed.
    free = Shard.objects.filter(sweep_id=sweep, number=number, state=Shard.State.WAITING)
    free.update(state=Shard.State.RUNNING, holder=holder, seen_at=Now(), starts=F("starts") + 1, share_done=0)
    return Shard.objects.filter(sweep_id=sweep, number=number, holder=holder).first()


def _piece(shard: Shard) -> Piece:
    return Piece(rows=range(shard.rows_from, shard.rows_to), columns=range(shard.columns_from, shard.columns_to))


def _keep(shard: Shard, text: str) -> None:
    """Write the answer where there is none yet; of a shard that was worked on twice, one counts."""
    digest = sweep_digest(text)
    try:
        with transaction.atomic():
            kept, _ = ShardAnswer.objects.get_or_create(
                shard_id=shard.pk, defaults={"content": zlib.compress(text.encode()), "digest": digest}
            )
            Shard.objects.filter(pk=shard.pk).update(state=Shard.State.DONE, share_done=1, seen_at=Now())
    except IntegrityError:
        if Shard.objects.filter(pk=shard.pk).exists():
            raise
        return  # the sweep was deleted meanwhile
    if kept.digest != digest:
        stop(shard.sweep_id, f"shard {shard.number} came out differently on two workers; are their versions the same?")


def _fail(shard: Shard, error: Exception) -> None:
    held = Shard.objects.filter(pk=shard.pk, holder=shard.holder, state=Shard.State.RUNNING)
    if held.update(state=Shard.State.FAILED, seen_at=Now()):
        stop(shard.sweep_id, f"shard {shard.number} failed: {_sentence(error)}")


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, TierwrightError) else f"{type(error).__name__}: {error}"


class _Beat:
    """How far a run is, told by the work and written down by a thread beside it."""

    def __init__(self) -> None:
        self.share = 0.0
        self.over = threading.Event()
        self.lost = threading.Event()

    def tell(self, share: float) -> None:
        self.share = share
        if self.lost.is_set():
            raise Lost


@contextmanager
def _beating(shard: Shard) -> Iterator[_Beat]:
    """While the work goes on, say that it does."""
    beat = _Beat()
    thread = threading.Thread(target=_write_beats, args=(shard, beat), name="beat", daemon=True)
    thread.start()
    try:
        yield beat
    finally:
        beat.over.set()
        thread.join()


def _write_beats(shard: Shard, beat: _Beat) -> None:
    pause = min(MOST_BEAT_SECONDS, settings.SWEEP_LEASE_SECONDS / BEATS_A_LEASE)
    try:
        while not beat.over.wait(pause):
            try:
                if not _write_beat(shard, beat.share):
                    beat.lost.set()
                    return
            except DatabaseError:
                # The next beat may get through; if none does, the shard goes to another.
                log.warning("no sign of life could be written for %s", shard, exc_info=True)
                connection.close()
    finally:
        connection.close()


def _write_beat(shard: Shard, share: float) -> bool:
    """Whether the shard is still this run's."""
    held = Shard.objects.filter(pk=shard.pk, holder=shard.holder, state=Shard.State.RUNNING)
    alive = held.update(seen_at=Now(), share_done=share)
    return bool(alive) and Sweep.objects.filter(pk=shard.sweep_id, state=Sweep.State.RUNNING).exists()


@lru_cache(maxsize=4)
def _question(text: str) -> Question:
    # The value is frozen and its text never changes, so shards may share it.
    return sweep_question(text)
