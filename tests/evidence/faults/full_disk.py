"""The disk of the data is full: writes are refused in a sentence, what was acknowledged is there, pages still read.

`python -m tests.evidence.faults.full_disk DATA` is the drill itself, in a mount namespace of its own.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.evidence.faults._outcome import Outcome
from tests.load.scene import Prepared, Scene, is_whole, scene

SENTENCE = "The disk is full"
TRIES = 60
LONG = "A long comment. " * 1200


def drill(data: Prepared, folder: Path) -> Outcome:
    """Mount a small disk that only this drill sees, and fill it."""
    if os.geteuid() != 0:
        raise PermissionError("a disk of one's own takes root")
    folder.mkdir()
    size = sum(path.stat().st_size for path in data.folder.rglob("*") if path.is_file())
    mount = f'mount -t tmpfs -o size={size + (6 << 20)} tmpfs {folder} && exec "$@"'
    command = [sys.executable, "-m", "tests.evidence.faults.full_disk", str(data.folder), str(folder)]
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh", *command], cwd=ROOT, text=True,
        input=json.dumps(list(data.desks)), capture_output=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the drill of the full disk ended with {done.returncode}: {done.stderr[-2000:]}")
    return Outcome(**json.loads(done.stdout))


def _inside(data: Prepared, folder: Path) -> Outcome:
    with scene(data, folder / "data") as found:
        person = found.person("full")
        person.comment()
        ballast = _fill(found.folder)
        refused = _write_until_refused(found)
        look = person.browser.get("/queue/")
        ballast.unlink()
        person.comment()
        missing, history = found.missing([*person.record.marks, *refused.marks]), found.history()
    passed = refused.says and look.status == 200 and not missing and is_whole(history) and len(person.record.marks) == 2
    return Outcome(
        fault="disk full",
        did="the data on a small disk of its own, filled while somebody comments",
        found=(
            f"{len(refused.marks)} more comments were taken, then one is refused with {refused.status}, “{SENTENCE}”;"
            f" the queue answers {look.status} meanwhile; with room again the next is taken; {len(missing)}"
            f" acknowledged writes lost; the history is {'whole' if is_whole(history) else 'NOT whole'}"
        ),
        passed=bool(passed),
    )


@dataclasses.dataclass(frozen=True)
class Refused:
    """How it ended, and what was taken before."""

    status: int
    says: bool
    marks: list[str]


def _write_until_refused(found: Scene) -> Refused:
    person = found.person("fuller", seed=3)
    for _ in range(TRIES):
        person.comment(more=LONG)
        if person.last.status != 302:
            break
    return Refused(person.last.status, person.last.status == 503 and SENTENCE in person.last.text, person.record.marks)


def _fill(folder: Path) -> Path:
    ballast = folder.parent / "ballast"
    room = os.statvfs(folder)
    with ballast.open("wb") as file:
        file.write(b"x" * max(0, room.f_bavail * room.f_frsize - (256 << 10)))
    return ballast


if __name__ == "__main__":
    given = Prepared(folder=Path(sys.argv[1]), desks=json.load(sys.stdin))
    json.dump(dataclasses.asdict(_inside(given, Path(sys.argv[2]))), sys.stdout)
