"""Has a question worked on beside the pages: a process of its own answers it, and the database keeps the answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from planner import processes
from planner.models import LOST_AFTER, Inquiry
from planner.review import Refused, policies
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


def ask(kind: Inquiry.Kind, revision: Revision, asked: Mapping[str, Any], *, user: User) -> Inquiry:
    """The inquiry with this question, whatever became of it; one that begins now where nobody asked.

    Raises Refused where nobody asked and the person may not have the site work on it.
    """
    return find(kind, revision, asked) or ask_anew(kind, revision, asked, user=user)


def ask_anew(kind: Inquiry.Kind, revision: Revision, asked: Mapping[str, Any], *, user: User) -> Inquiry:
    """As `begin`, for a person who may have the site work; raises Refused where they may not."""
    if why_not := policies.why_not_ask(user, revision.plan):
        raise Refused(why_not)
    return begin(kind, revision, asked)


def status_of(kind: Inquiry.Kind, revision: Revision, asked: Mapping[str, Any], *, user: User) -> dict[str, Any]:
    """What a page shows of a question: why it is `refused`; or the `inquiry`, whether it is `running`, its `answer`."""
    try:
        inquiry = ask(kind, revision, asked, user=user)
    except TierwrightError as error:
        return {"refused": f"{error}."}
    if inquiry.state == Inquiry.State.REFUSED:
        return {"refused": f"{inquiry.refusal}."}
    return {"inquiry": inquiry, "running": inquiry.is_running, "answer": inquiry.answer}


def work_on(inquiry: Inquiry, work: Work) -> None:
    """Answer a question, and write down how far it is and what came out."""
    # Where somebody stopped it, or another process has taken over, nothing more is written.
    rows = Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.RUNNING, started_at=inquiry.started_at)

    def tell(says: str, share: float | None) -> None:
        if not rows.update(says=says[:200], share=share, seen_at=timezone.now()):
            raise Stopped

    try:
        with processes.beating(lambda: rows.update(seen_at=timezone.now()), seconds=BEAT_SECONDS):
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
    processes.start("answer_inquiry", str(inquiry.pk), ended=lambda status: _see_off(inquiry, status))


def _see_off(inquiry: Inquiry, status: int) -> None:
    """Where a process was killed, say at once that no answer will come."""
    if status == 0:
        return
    own = Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.RUNNING, started_at=inquiry.started_at)
    with suppress(DatabaseError):  # its silence says the same, a little later
        own.update(state=Inquiry.State.FAILED)
