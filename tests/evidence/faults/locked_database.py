"""Something else holds the database: a write waits its turn, and is refused in a sentence where that takes too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.evidence.faults._outcome import Outcome
from tests.load.browser import Answer
from tests.load.scene import Prepared, Scene, is_whole, scene

BUSY = "The database is busy"


def drill(data: Prepared, folder: Path, *, seconds: float = 28.0) -> Outcome:
    """Hold the write lock for so long (we wait for 20 seconds) while somebody comments and others look."""
    waits = seconds < 20
    with scene(data, folder) as found:
        person, others = found.person("locked"), found.person("others")
        writing = threading.Thread(target=person.comment)
        with closing(found.database()) as holder:
            holder.execute("BEGIN IMMEDIATE")
            writing.start()
            looks = _look_on(others.browser.get, seconds)
            holder.execute("ROLLBACK")
        writing.join(timeout=120)
        answer = person.last
        person.comment()
        return _judge(found, seconds, waits, answer, looks, person.record.marks)


def _look_on(get: Callable[[str], Answer], seconds: float) -> list[Answer]:
    until, looks = time.monotonic() + seconds, []
    while time.monotonic() < until:
        looks.append(get("/queue/"))
        time.sleep(0.5)
    return looks


def _judge(
    found: Scene, seconds: float, waits: bool, answer: Answer, looks: list[Answer], marks: list[str]
) -> Outcome:  # fmt: skip
    missing, history = found.missing(marks), found.history()
    as_it_should = answer.status == 302 if waits else (answer.status == 503 and BUSY in answer.text)
    passed = as_it_should and not missing and is_whole(history) and all(look.status == 200 for look in looks)
    return Outcome(
        fault="database locked",
        did=f"held by another for {seconds:g} s while somebody comments and others look",
        found=(
            f"{len(looks)} looks answered meanwhile; the comment: {answer.status} after {answer.seconds:.0f} s"
            f"{'' if waits else f', “{BUSY}”'}; afterwards it is taken; {len(missing)} acknowledged writes lost"
        ),
        passed=passed and len(marks) == 1 + waits,
    )
