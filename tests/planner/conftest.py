"""What the tests of the site lean on: a reader's process finds the tests' own database, and dies with its test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from planner.models import Reading
from tests.database import database_url

Wait = Callable[[Reading], Reading]


@pytest.fixture
def readers(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wait]:
    """Lets readers work on the tests' database; `readers(reading)` waits until one has answered."""
    monkeypatch.setenv("DATABASE_URL", database_url())

    def wait(reading: Reading) -> Reading:
        for _ in _patience():
            if not reading.is_running:
                break
            reading.refresh_from_db()
        return reading

    yield wait
    for left in Reading.objects.all():
        wait(left)
    for _ in _patience():
        if not any(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("log-*")):
            break


def _patience() -> Iterator[None]:
    """Moments to wait in; a reader that takes two minutes over a test's log has hung."""
    for _ in range(2400):
        yield
        time.sleep(0.05)
    raise AssertionError("a reader hangs")
