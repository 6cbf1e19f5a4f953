"""Sweeps from outside: begin one, see how far it is, read what came out, stop it, or go on with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks.backends.immediate import ImmediateBackend

from topology import tasks
from topology.capacity import (
    ManyWorlds,
    Question,
    candidate_design,
    sweep_digest,
    sweep_pieces,
    sweep_question,
    sweep_text,
)
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.models import Shard, Sweep


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a sweep is."""

    state: Sweep.State
    why: str
    """Why it failed; empty where it did not."""
    done: int
    """Shards."""
    running: int
    total: int
    share: float
    """Of the work, 0 to 1, half-done shards included."""
    queued: int
    """Shards that wait for a worker."""

    @property
    def ended(self) -> bool:
        """Nothing more happens by itself."""
        return self.state != Sweep.State.RUNNING


def begin(question: Question, *, shards: int | None = None, label: str = "", again: bool = False) -> Sweep:
    """Begin a sweep, cut into at most `shards` (by default of a second or so); the settings say who works on it.

    A sweep with the same question that runs or is done is returned in its place, unless asked for `again`. Raises
    TierwrightError for what cannot be asked.
    """
    clear()
    text = sweep_text(question)
    pieces = sweep_pieces(question, shards)
    if not again and (same := _same(text)) is not None:
        return same
    sweep = Sweep(label=label, question=text, digest=sweep_digest(text), seed=question.seed)
    _check_label(sweep)
    with transaction.atomic():
        sweep.save(force_insert=True)
        Shard.objects.bulk_create(
            Shard(
                sweep=sweep,
                number=number,
                rows_from=piece.rows.start,
                rows_to=piece.rows.stop,
                columns_from=piece.columns.start,
                columns_to=piece.columns.stop,
            )
            for number, piece in enumerate(pieces)
        )
        transaction.on_commit(lambda: tasks.hand_out(sweep.pk))
    return sweep


def progress(sweep: Sweep) -> Progress:
    """How far it is now; what a dead worker left behind is queued again on the way."""
    tasks.tend(sweep.pk)
    sweep.refresh_from_db(fields=("state", "why"))
    states = Shard.State
    found = Shard.objects.filter(sweep=sweep).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=states.DONE)),
        running=Count("pk", filter=Q(state=states.RUNNING)),
        queued=Count("pk", filter=Q(state=states.WAITING)),
        work=Sum("share_done", default=0.0),
    )
    work = found.pop("work")
    return Progress(state=Sweep.State(sweep.state), why=sweep.why, share=work / max(1, found["total"]), **found)


def result(sweep: Sweep) -> dict[str, Any] | None:
    """The answer as plain data; None where there is none yet. Raises TierwrightError where it was damaged."""
    sweep.refresh_from_db(fields=("state", "answer", "answer_digest"))
    if sweep.state != Sweep.State.DONE:
        return None
    if sweep_digest(sweep.answer) != sweep.answer_digest:
        raise TierwrightError("the answer does not match its digest; begin the sweep anew")
    answer: dict[str, Any] = json.loads(sweep.answer)
    return answer


def cancel(sweep: Sweep) -> None:
    """Stop a sweep; shards that run end within a second or so, what is done is kept for `resume`."""
    running = Sweep.objects.filter(pk=sweep.pk, state=Sweep.State.RUNNING)
    running.update(state=Sweep.State.CANCELLED, ended_at=Now())
    sweep.refresh_from_db(fields=("state", "ended_at"))


def resume(sweep: Sweep) -> None:
    """Go on with a sweep that failed or was cancelled: what is done stays done, the rest is queued again."""
    ended = Sweep.objects.filter(pk=sweep.pk, state__in=(Sweep.State.FAILED, Sweep.State.CANCELLED))
    with transaction.atomic():
        if ended.update(state=Sweep.State.RUNNING, why="", ended_at=None):
            open_ = Shard.objects.filter(sweep=sweep).exclude(state=Shard.State.DONE)
            open_.update(state=Shard.State.WAITING, holder=None, starts=0, share_done=0, seen_at=Now())
            transaction.on_commit(lambda: tasks.hand_out(sweep.pk))
    sweep.refresh_from_db(fields=("state", "why", "ended_at"))


def candidate(sweep: Sweep, number: int) -> Design:
    """A candidate of a sweep over worlds, by its number in the answer, as a plan; raises TierwrightError."""
    question = sweep_question(sweep.question)
    if not isinstance(question, ManyWorlds) or number not in question.candidates:
        raise TierwrightError(f"this sweep has no candidate {number}", place=Place(path="candidate"))
    return candidate_design(question, number)


def clear(days: int | None = None) -> int:
    """Delete sweeps that ended, or were begun and never ended, longer ago than the settings say; how many."""
    kept = settings.SWEEP_DAYS if days is None else days
    old = Sweep.objects.filter(created_at__lt=timezone.now() - timedelta(days=kept))
    count = old.count()
    old.delete()
    return count


def works_here() -> bool:
    """Whether shards are worked on in the process that begins a sweep, and so end with it."""
    return isinstance(tasks.run_shard.get_backend(), ImmediateBackend)  # ours is one that is a little less immediate


def _same(text: str) -> Sweep | None:
    useful = (Sweep.State.RUNNING, Sweep.State.DONE)
    return Sweep.objects.filter(digest=sweep_digest(text), state__in=useful).order_by("-created_at").first()


def _check_label(sweep: Sweep) -> None:
    try:
        sweep.clean_fields(exclude={field.name for field in sweep._meta.fields} - {"label"})
    except ValidationError as error:
        raise TierwrightError(error.message_dict["label"][0], place=Place(path="label")) from error
