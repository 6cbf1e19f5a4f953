"""What workers are asked to do: run a shard, and look after a sweep whose workers may have died."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.exceptions import TaskResultDoesNotExist

from topology import shards
from topology.models import Shard, Sweep

log = logging.getLogger(__name__)
MOST_STARTS = 5
"""A shard whose workers died so often is not given to another."""


@task()
def run_shard(sweep: str, number: int) -> None:
    """Work on one shard of a sweep."""
    shards.run(UUID(sweep), number)


@task()
def look_after(sweep: str) -> None:
    """See to a sweep now, and again in a while until it has ended."""
    tend(UUID(sweep))
    watch(UUID(sweep))


def watch(sweep: UUID) -> None:
    """Have a worker look after a sweep in a while, where the queue can defer."""
    running = Sweep.objects.filter(pk=sweep, state=Sweep.State.RUNNING)
    if look_after.get_backend().supports_defer and running.exists():
        due = timezone.now() + timedelta(seconds=2 * settings.SWEEP_LEASE_SECONDS)
        look_after.using(run_after=due).enqueue(str(sweep))


def hand_out(sweep: UUID) -> None:
    """Queue every shard that waits, and have the sweep looked after."""
    waiting = Shard.objects.filter(sweep_id=sweep, state=Shard.State.WAITING).order_by("number")
    queue(sweep, list(waiting.values_list("number", flat=True)))
    watch(sweep)


def queue(sweep: UUID, numbers: Iterable[int]) -> None:
    """Queue shards; where the queue cannot be reached, the sweep has failed and says so."""
    try:
        for number in numbers:
            queued = run_shard.enqueue(str(sweep), number)
            waiting = Shard.objects.filter(sweep_id=sweep, number=number, state=Shard.State.WAITING)
            waiting.update(task=queued.id, seen_at=Now())
    except Exception as error:
        log.exception("shards of sweep %s could not be queued", sweep)
        fault = type(error).__name__
        shards.stop(sweep, f"the shards could not be queued ({fault}); see to the queue, then go on with the sweep")


def tend(sweep: UUID) -> None:
    """Queue again what a dead worker left behind and what a queue has forgotten; put together what is complete."""
    if not Sweep.objects.filter(pk=sweep, state=Sweep.State.RUNNING).exists():
        return
    queue(sweep, _freed(sweep))
    own = Shard.objects.filter(sweep_id=sweep)
    if not own.filter(seen_at__gte=_lease_ago()).exists():
        waiting = list(own.filter(state=Shard.State.WAITING))
        own.filter(state=Shard.State.WAITING).update(seen_at=Now())  # once a lease is often enough to ask the queue
        queue(sweep, (shard.number for shard in waiting if _is_forgotten(shard)))
        shards.conclude(sweep)


def _lease_ago() -> object:
    """By the clock of the database, since those of workers may differ."""
    return Now() - timedelta(seconds=settings.SWEEP_LEASE_SECONDS)


def _freed(sweep: UUID) -> Iterable[int]:
    """Shards taken from workers that gave no sign of life for a lease."""
    silent = Shard.objects.filter(sweep_id=sweep, state=Shard.State.RUNNING, seen_at__lt=_lease_ago())
    for shard in silent:
        if shard.starts >= MOST_STARTS:
            shards.stop(
                sweep,
                f"shard {shard.number} was begun {shard.starts} times, and each time its worker died; perhaps the"
                " machine has too little memory for it",
            )
            return
        log.warning("shard %s is taken from a worker that was silent for a lease", shard)
        if silent.filter(pk=shard.pk, holder=shard.holder).update(
            state=Shard.State.WAITING, holder=None, share_done=0, seen_at=Now()
        ):
            yield shard.number


def _is_forgotten(shard: Shard) -> bool:
    """Whether no queue has the shard's task: it was lost with a process, or its worker died before it began."""
    backend = run_shard.get_backend()
    if not shard.task or not backend.supports_get_result:
        return True
    try:
        return backend.get_result(shard.task).status != TaskResultStatus.READY
    except TaskResultDoesNotExist:
        return True
