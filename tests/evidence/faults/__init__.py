"""What breaks around the site, each fault with its script: nothing that was acknowledged is lost, and pages say so."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.evidence import Evidence
from tests.evidence.faults import (
    backup,
    drawing,
    full_disk,
    hanging_webhook,
    killed_worker,
    locked_database,
    mail_down,
    restart,
)
from tests.evidence.faults._outcome import Outcome
from tests.load.scene import Prepared, prepared
from tests.load.site import end_all
from tests.workers import clearing_up

ISSUE = 4
AT_ONCE = 3
"""Drills that run at the same time: most of them wait."""
Drill = Callable[[Prepared, Path], Outcome]
DRILLS: dict[str, Drill] = {
    "killed": killed_worker.drill,
    "absent": lambda data, folder: drawing.drill(data, folder, kind="absent"),
    "hung": lambda data, folder: drawing.drill(data, folder, kind="hung"),
    "crashing": lambda data, folder: drawing.drill(data, folder, kind="crashing"),
    "restart": restart.drill,
    "full": full_disk.drill,
    "mail": mail_down.drill,
    "webhook": hanging_webhook.drill,
    "locked": locked_database.drill,
    "backup": backup.drill,
    "dump": restart.dump,
}


def _outcomes(jobs: Sequence[Future[Outcome]]) -> Iterator[Outcome]:
    try:
        yield from (job.result() for job in jobs)
    except BaseException:
        for job in jobs:
            job.cancel()
        end_all()
        raise


def measure() -> Evidence:
    """Every drill on a copy of its own."""
    with clearing_up(), tempfile.TemporaryDirectory(prefix="tierwright-faults.") as place:
        data = prepared(Path(place) / "data")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            jobs = [pool.submit(drill, data, Path(place) / name) for name, drill in DRILLS.items()]
            found = list(_outcomes(jobs))
    return Evidence(
        title="Faults around the review",
        command="bin/evidence 4 --only faults",
        passed=all(outcome.passed for outcome in found),
        columns=("fault", "what was done", "what came of it", "as it should"),
        rows=tuple((one.fault, one.did, one.found, "yes" if one.passed else "NO") for one in found),
        text=(
            "Each drill has a site of its own (gunicorn, accounts on, real people's sessions) on a copy of a small"
            " database; the scripts are the modules of `tests/evidence/faults/`. A write counts as acknowledged when"
            " its answer arrived."
        ),
    )
