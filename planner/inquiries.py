"""Has a question worked on beside the pages: a process of its own answers it, and the database keeps the answer."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from planner.models import LOST_AFTER, Inquiry
from topology.capacity import ENGINE
from topology.errors import TierwrightError
from topology.models import Revision

KEPT = 200
"""Answers to so many questions are kept; an older one is worked out again when somebody asks."""
MOST_AT_ONCE = 4
"""Processes that work at a time, whoever asked."""
BEAT_SECONDS = 1.0

Tell = Callable[[str, float | None], None]
"""Says what is being done, and the share of the work that is done where it is known."""
Work = Callable[[Inquiry, Tell], dict[str, Any]]


class Stopped(Exception):
    """A person stopped the work."""


def find(kind: Inquiry.Kind, revision: Revision, asked: Mapping[str, Any]) -> Inquiry | None:
    """The inquiry with this question, whatever became of it; None where nobody asked."""
    return Inquiry.objects.filter(digest=_digest(kind, revision, asked)).first()


def begin(kind: Inquiry.Kind, revision: Revision, asked: Mapping[str, Any]) -> Inquiry:
    """The inquiry with this question: the one that runs or was answered, or one that begins now.

    Raises TierwrightError where too much is being worked on already.
    """
    found = find(kind, revision, asked)
    if found is not None and (found.is_running or found.state in (Inquiry.State.DONE, Inquiry.State.REFUSED)):
        return found
    _check_load()
    now = timezone.now()
    fresh: dict[str, Any] = {
        "state": Inquiry.State.RUNNING, "says": "", "share": None, "started_at": now, "seen_at": now, "refusal": ""
    }  # fmt: skip
    if found is not None:
        # Only one of two people who ask at once starts a process.
        again = Inquiry.objects.filter(pk=found.pk, started_at=found.started_at).update(**fresh)
        found.refresh_from_db()
        return _started(found) if again else found
    digest = _digest(kind, revision, asked)
    try:
        with transaction.atomic():
            fresh |= {"kind": kind, "revision": revision, "asked": dict(asked)}
            return _started(Inquiry.objects.create(digest=digest, **fresh))
    except IntegrityError:
        return Inquiry.objects.get(digest=digest)


def work_on(inquiry: Inquiry, work: Work) -> None:
    """Answer a question, and write down how far it is and what came out."""
    # Where somebody stopped it, or another process has taken over, nothing more is written.
    rows = Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.RUNNING, started_at=inquiry.started_at)

    def tell(says: str, share: float | None) -> None:
        if not rows.update(says=says[:200], share=share, seen_at=timezone.now()):
            raise Stopped

    try:
        with _beating(inquiry):
            answer = work(inquiry, tell)
        rows.update(state=Inquiry.State.DONE, answer=answer, seen_at=timezone.now())
    except TierwrightError as error:
        rows.update(state=Inquiry.State.REFUSED, refusal=str(error))
    except Stopped:
        rows.update(state=Inquiry.State.STOPPED)
    except Exception:
        rows.update(state=Inquiry.State.FAILED)
        raise


def _digest(kind: Inquiry.Kind, revision: Revision, asked: Mapping[str, Any]) -> str:
    whole = {"kind": str(kind), "engine": ENGINE, "design": revision.digest, "asked": asked}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _check_load() -> None:
    alive = Inquiry.objects.filter(state=Inquiry.State.RUNNING, seen_at__gte=timezone.now() - LOST_AFTER)
    if alive.count() >= MOST_AT_ONCE:
        raise TierwrightError(f"{MOST_AT_ONCE} other questions are being worked on; ask again in a moment")


def _started(inquiry: Inquiry) -> Inquiry:
    # Not before the process can see the row.
    transaction.on_commit(lambda: _start(inquiry))
    kept = list(Inquiry.objects.values_list("pk", flat=True)[:KEPT])
    Inquiry.objects.exclude(pk__in=kept).delete()
    return inquiry


def _start(inquiry: Inquiry) -> None:
    process = subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", "answer_inquiry", str(inquiry.pk)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    threading.Thread(target=_see_off, args=(process, inquiry), daemon=True).start()


def _see_off(process: subprocess.Popen[bytes], inquiry: Inquiry) -> None:
    """Wait for a process to end; where it was killed, say at once that no answer will come."""
    if process.wait() == 0:
        return
    try:
        own = Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.RUNNING, started_at=inquiry.started_at)
        own.update(state=Inquiry.State.FAILED)
    except DatabaseError:
        pass  # its silence says the same, a little later
    finally:
        connection.close()


@contextmanager
def _beating(inquiry: Inquiry) -> Iterator[None]:
    """While the work goes on, say that it does."""
    over = threading.Event()
    thread = threading.Thread(target=_write_beats, args=(inquiry, over), name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write_beats(inquiry: Inquiry, over: threading.Event) -> None:
    try:
        while not over.wait(BEAT_SECONDS):
            try:
                Inquiry.objects.filter(pk=inquiry.pk).update(seen_at=timezone.now())
            except DatabaseError:
                connection.close()  # the next beat may get through
    finally:
        connection.close()
