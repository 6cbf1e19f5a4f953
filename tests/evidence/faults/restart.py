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

MOST_SECONDS = 5.0
"""From when the database takes connections again until pages do."""
SENTENCE = "The database does not answer"


def drill(data: Prepared, folder: Path, *, seconds: float = 30.0, down: float = 3.0) -> Outcome:
    """Stop it as when the machine dies, and start it again."""
    with postgresql() as cluster:
        variables = variables_of(folder, cluster.url)
        folder.mkdir()
        prepare(variables)
        desks = desk_says(variables, "fill", "small", "8")
        with site(variables) as found:
            timing: dict[str, float] = {}
            looker = VirtualPerson(desks[0], found.port, Record(name="looker"), 1)
            thread = threading.Thread(target=_bounce, args=(cluster, looker, seconds / 3, down, timing))
            thread.start()
            record = work(desks, found.port, seconds=seconds, think=(0.0, 0.4), shares={"read": 60, "write": 40})
            thread.join(timeout=180)
        missing = desk_says(variables, "look", given=record.marks)
        history = manage(variables, "verify_history", check=False).stdout.strip()
    return _judge(record, looker.record, timing, missing, history)


def _bounce(cluster: Cluster, looker: VirtualPerson, after: float, down: float, timing: dict[str, float]) -> None:
    time.sleep(after)
    cluster.stop("immediate")
    time.sleep(down / 2)
    looker.look("queue")
    timing["sentence"] = float(SENTENCE in looker.last.text and looker.last.status == 503)
    time.sleep(down / 2)
    cluster.start()
    up = time.monotonic()
    while time.monotonic() - up < 60:
        looker.look("queue")
        if looker.last.status == 200:
            break
        time.sleep(0.1)
    timing["recovery"] = time.monotonic() - up


def _judge(
    record: Record, looker: Record, timing: dict[str, float], missing: list[str], history: str
) -> Outcome:  # fmt: skip
    statuses = Counter(click.status for click in record.clicks)
    odd = {status for status in statuses if status >= 500 and status != 503}
    after = timing.get("recovery", 60.0)
    kept = not missing and is_whole(history) and len(record.marks) > 0
    told = ", ".join(f"{number} × {status or 'broken off'}" for status, number in sorted(statuses.items()))
    return Outcome(
        fault="database restarted under load",
        did="PostgreSQL stopped at once, without asking, and started again while 8 people read and write",
        found=(
            f"answers: {told}; while it is down a page says “{SENTENCE}” with 503; the first page came"
            f" {after:.1f} s after it took connections; {len(record.marks)} acknowledged writes, {len(missing)} lost;"
            f" the history is {'whole' if is_whole(history) else 'NOT whole'}"
        ),
        passed=kept and not odd and after <= MOST_SECONDS and bool(timing.get("sentence")),
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
