"""Has the files of a bundle checked beside the pages: a process of its own asks the programs, the database keeps it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from planner import processes
from planner.models import Checking
from topology import revisions
from topology.bundles import Bundle, Kept, ValidationReport, validate
from topology.models import Revision
from topology.packing import pack

KEPT = 200
"""Reports of so many bundles are kept; an older one is made again when somebody asks."""


def report_of(checking: Checking) -> ValidationReport | None:
    """The report that a checking has brought; None while there is none."""
    return None if checking.report is None else ValidationReport.read(checking.report)


def look_up(bundle: Bundle, revision: Revision) -> Checking:
    """The checking of these files: the one that was made, or one that begins now."""
    found = Checking.objects.filter(content_digest=bundle.content_digest).first()
    if found is not None and (found.state == Checking.State.DONE or found.is_running):
        return found
    return _begin(bundle, revision, found)


def again(bundle: Bundle, revision: Revision) -> Checking:
    """Ask the programs once more, as after one was installed."""
    found = Checking.objects.filter(content_digest=bundle.content_digest).first()
    return found if found is not None and found.is_running else _begin(bundle, revision, found, "--anew")


def check(checking: Checking, *, anew: bool = False) -> None:
    """Ask the programs, and write down how far it is and what they said; `anew` believes no earlier answer."""
    rows = Checking.objects.filter(pk=checking.pk)

    def tell(done: int, total: int, what: str) -> None:
        rows.update(done=done, total=total, seen_at=timezone.now())

    try:
        kept = None if anew else Kept(settings.VAR_DIR / "answers")
        report = validate(pack(revisions.design_of(checking.revision)).bundle, progress=tell, kept=kept)
        rows.update(state=Checking.State.DONE, report=report.document(), seen_at=timezone.now())
    except Exception:
        rows.update(state=Checking.State.FAILED)
        raise


def _begin(bundle: Bundle, revision: Revision, before: Checking | None, *how: str) -> Checking:
    now = timezone.now()
    fresh: dict[str, Any] = {"state": Checking.State.RUNNING, "done": 0, "total": 0, "started_at": now, "seen_at": now}
    if before is not None:
        # Only one of two people who ask at once starts the programs.
        if not Checking.objects.filter(pk=before.pk, started_at=before.started_at).update(**fresh):
            return Checking.objects.get(pk=before.pk)
        checking = Checking.objects.get(pk=before.pk)
    else:
        try:
            with transaction.atomic():
                checking = Checking.objects.create(content_digest=bundle.content_digest, revision=revision, **fresh)
        except IntegrityError:
            return Checking.objects.get(content_digest=bundle.content_digest)
    _start(checking, *how)
    _forget_old()
    return checking


def _start(checking: Checking, *how: str) -> None:
    processes.start("check_bundle", str(checking.pk), *how)


def _forget_old() -> None:
    kept = list(Checking.objects.values_list("pk", flat=True)[:KEPT])
    Checking.objects.exclude(pk__in=kept).delete()
