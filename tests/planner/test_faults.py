"""What breaks around the site, in short; `bin/evidence 4 --only faults` is the long form of the same drills."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

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
from tests.load.cluster import binaries
from tests.load.scene import Prepared, prepared

pytestmark = pytest.mark.slow
Drill = Callable[[Prepared, Path], Outcome]


DRILLS: dict[str, Drill] = {
    "hung": lambda data, folder: drawing.drill(data, folder, kind="hung"),
    "restart": lambda data, folder: restart.drill(data, folder, writes=3, down=1.0),
    "killed": lambda data, folder: killed_worker.drill(data, folder, rounds=4, sites=1),
    "webhook": hanging_webhook.drill,
    "absent": lambda data, folder: drawing.drill(data, folder, kind="absent"),
    "crashing": lambda data, folder: drawing.drill(data, folder, kind="crashing"),
    "locked": lambda data, folder: locked_database.drill(data, folder, seconds=2.0),
    "mail": mail_down.drill,
    "backup": lambda data, folder: backup.drill(data, folder, writes=4),
    "full": full_disk.drill,
}
"""Those that mostly wait come first, since a few run at once."""
AT_ONCE = 3
NEEDS: dict[str, tuple[bool, str]] = {
    "full": (os.geteuid() == 0 and shutil.which("unshare") is not None, "a disk of one's own takes root and unshare"),
    "restart": (binaries() is not None, "PostgreSQL's server programs are not installed"),
}


@pytest.fixture(scope="module")
def under_way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Outcome]]]:
    """Every drill, each on a copy of a small database that is made once."""
    data = prepared(tmp_path_factory.mktemp("faults") / "data")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        able = [name for name in DRILLS if NEEDS.get(name, (True, ""))[0]]
        yield {name: pool.submit(DRILLS[name], data, tmp_path_factory.mktemp(name) / "drill") for name in able}


@pytest.mark.parametrize("fault", DRILLS)
def test_a_fault_loses_nothing_and_is_told(fault: str, under_way: Mapping[str, Future[Outcome]]) -> None:
    able, why_not = NEEDS.get(fault, (True, ""))
    if not able:
        pytest.skip(why_not)

    outcome = under_way[fault].result(timeout=600)

    assert outcome.passed, outcome.found
