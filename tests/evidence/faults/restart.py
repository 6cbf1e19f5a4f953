"""PostgreSQL dies and comes back while people work; and what pg_dump took is restored on a fresh database."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

from tests.evidence.faults._outcome import Outcome
from tests.load.cluster import Cluster, postgresql
from tests.load.people import Record, VirtualPerson, work
from tests.load.scene import Prepared, desk_says, is_whole
from tests.load.site import manage, prepare, site, variables_of

MOST_WORK = 150.0
"""Seconds in which enough should be written even on a machine that is busy otherwise."""
MOST_SECONDS = 5.0
"""From when the database takes connections again until pages do."""
SENTENCE = "The database does not answer"


def drill(data: Prepared, folder: Path, *, writes: int = 20, down: float = 3.0) -> Outcome:
    """Stop it as when the machine dies, and start it again."""
    with postgresql() as cluster:
        variables = variables_of(folder, cluster.url)
        folder.mkdir()
        prepare(variables)
        desks = desk_says(variables, "fill", "small", "8")
        with site(variables) as found:
            bounce = _Bounce(cluster, VirtualPerson(desks[0], found.port, Record(name="looker"), 1), writes, down)
            thread = threading.Thread(target=bounce.run)
            thread.start()
            record = work(
                desks, found.port, seconds=MOST_WORK, think=(0.1, 0.5), shares={"read": 50, "write": 50},
                record=bounce.record, over=bounce.over,
            )  # fmt: skip
            thread.join(timeout=180)
        missing = desk_says(variables, "look", given=record.marks)
        history = manage(variables, "verify_history", check=False).stdout.strip()
    return _judge(bounce, missing, history)


class _Bounce:
    """Takes the database away once there is something to lose, and gives it back."""

    def __init__(self, cluster: Cluster, looker: VirtualPerson, writes: int, down: float) -> None:
        self.cluster, self.looker, self.writes, self.down = cluster, looker, writes, down
        self.record, self.over = Record(name="restart"), threading.Event()
        self.told, self.recovery, self.before = False, MOST_WORK, 0

    def run(self) -> None:
        """Before, down, and after."""
        try:
            self._until_written(self.writes)
            self.before = len(self.record.marks)
            self.cluster.stop("immediate")
            time.sleep(self.down)
            self.looker.look("queue")
            self.told = SENTENCE in self.looker.last.text and self.looker.last.status == 503
            self.cluster.start()
            self.recovery = self._until_it_answers()
            self._until_written(len(self.record.marks) + self.writes)
        finally:
            self.over.set()
            self.looker.browser.close()

    def _until_it_answers(self) -> float:
        up = time.monotonic()
        while time.monotonic() - up < MOST_WORK:
            self.looker.look("queue")
            if self.looker.last.status == 200:
                break
            time.sleep(0.1)
        return time.monotonic() - up

    def _until_written(self, number: int) -> None:
        last = time.monotonic() + MOST_WORK
        while len(self.record.marks) < number and time.monotonic() < last:
            time.sleep(0.1)


def _judge(bounce: _Bounce, missing: list[str], history: str) -> Outcome:
    statuses = Counter(click.status for click in bounce.record.clicks)
    odd = {status for status in statuses if status >= 500 and status != 503}
    marks = len(bounce.record.marks)
    kept = not missing and is_whole(history) and 0 < bounce.before < marks
    told = ", ".join(f"{number} × {status or 'broken off'}" for status, number in sorted(statuses.items()))
    return Outcome(
        fault="database restarted under load",
        did="PostgreSQL stopped at once, without asking, and started again while 8 people read and write",
        found=(
            f"answers: {told}; while it is down a page says “{SENTENCE}” with 503; a page answers"
            f" {bounce.recovery:.1f} s after it takes connections; {bounce.before} writes acknowledged before and"
            f" {marks - bounce.before} since, {len(missing)} lost; the history is"
            f" {'whole' if is_whole(history) else 'NOT whole'}"
        ),
        passed=kept and not odd and bounce.recovery <= MOST_SECONDS and bounce.told,
    )


def dump(data: Prepared, folder: Path) -> Outcome:
    """pg_dump of one database, restored into another that is fresh."""
    with postgresql() as cluster:
        folder.mkdir()
        variables = variables_of(folder, cluster.url)
        prepare(variables)
        desk_says(variables, "fill", "small", "4")
        file = cluster.folder / "dump.sql"
        cluster.run("pg_dump", "--file", str(file), "postgres")
        cluster.run("createdb", "--template", "template0", "restored")
        cluster.run("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(file), "restored")
        before = manage(variables, "verify_history", check=False).stdout.strip()
        restored = variables_of(folder, cluster.url_of("restored"))
        after = manage(restored, "verify_history", check=False).stdout.strip()
    return Outcome(
        fault="backup restored (PostgreSQL)",
        did="pg_dump, and psql into a fresh database",
        found=f"the same heads of every team before and after; the history is {'whole' if is_whole(after) else after}",
        passed=is_whole(after) and before == after,
    )
