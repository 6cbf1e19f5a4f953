"""Starts the reading of logs beside the pages: a process of its own reads, and the database says how far it is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from planner import processes
from planner.models import KEPT_FOR, Reading
from planner.uploads import Received, discard, sweep


def begin(received: Received, *, names: list[str], month: str = "", user: User | None = None) -> Reading:
    """Start to read what was received; the reading says how far it is."""
    sweep()
    Reading.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    reading = Reading.objects.create(names=names, month=month, bytes_total=received.size, user=user)
    try:
        processes.start(
            "read_upload", str(reading.pk), str(received.folder),
            # The logs end with their reader, even if it was killed.
            ended=lambda status: discard(received.folder),
            pass_fds=[received.lock],
        )  # fmt: skip
    except BaseException:
        discard(received.folder)
        raise
    finally:
        received.let_go()
    return reading


def visible_to(user: User) -> QuerySet[Reading]:
    """The readings that the person may look at: with accounts, their own."""
    return Reading.objects.filter(user=user) if settings.ACCOUNTS else Reading.objects.all()
