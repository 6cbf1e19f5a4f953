"""A webhook's receiver takes the connection and never answers: no page waits for it, and it is given up in time."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from pathlib import Path

from tests.evidence.faults._outcome import Outcome
from tests.load.scene import Prepared, Scene, scene

PATIENCE_SECONDS = 90.0


def drill(data: Prepared, folder: Path) -> Outcome:
    """Comment while the receiver hangs."""
    with socket.create_server(("127.0.0.1", 0)) as receiver, scene(
        data, folder, more={"WEBHOOK_NETWORKS": "127.0.0.0/8"}
    ) as found:  # fmt: skip
        _add_webhook(found, f"http://127.0.0.1:{receiver.getsockname()[1]}/")
        person = found.person()
        person.comment()
        answer = person.last
        before = _deliveries(found)
        tried = _wait(found)
    passed = answer.status == 302 and before[0][0] == 0 and tried[0] == 1 and "did not answer" in str(tried[2])
    return Outcome(
        fault="webhook hanging",
        did="a comment while the receiver takes connections and says nothing",
        found=(
            f"the comment is taken ({answer.status}) while its delivery still waits; after one try it says"
            f" “{tried[2]}” and waits for the next ({tried[1]})"
        ),
        passed=passed,
    )


def _add_webhook(found: Scene, url: str) -> None:
    with closing(found.database()) as connection:
        connection.execute(
            "INSERT INTO planner_webhook (team_id, url, salt, verbs, created_at)"
            " SELECT id, ?, ?, '[]', datetime('now') FROM planner_team",
            (url, "0" * 32),
        )


def _deliveries(found: Scene) -> list[tuple[int, str, str]]:
    return [(row[0], row[1], row[2]) for row in found.said("SELECT tries, state, says FROM planner_delivery")]


def _wait(found: Scene) -> tuple[int, str, str]:
    last = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < last:
        rows = _deliveries(found)
        if rows and rows[0][0]:
            return rows[0]
        time.sleep(0.2)
    return (0, "", "nothing was tried")
