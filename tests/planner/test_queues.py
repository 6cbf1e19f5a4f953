"""Who works on tasks is said by the environment, and nonsense stops the start with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from planner.queues import redis_queue, task_backend
from tests.conftest import ROOT


@pytest.mark.parametrize("kind", ["", "celery", "database,redis", "database; rm"])
def test_workers_of_an_unknown_kind_are_refused(kind: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"TIERWRIGHT_TASKS is '.*'; use process, database, redis\."):
        task_backend(kind)


@pytest.mark.parametrize("url", ["", "redis", "http://host", "redis://host:port/0", "unix://"])
def test_redis_needs_a_place(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL should say where it is"):
        redis_queue(url)


@pytest.mark.parametrize("url", ["redis://:secret@host:6379/0", "rediss://host/0", "unix:///run/valkey/socket"])
def test_a_place_of_redis_is_taken(url: str) -> None:
    assert redis_queue(url)["default"]["URL"] == url


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"TIERWRIGHT_TASKS": "Database"},
        {"TIERWRIGHT_TASKS": "redis", "REDIS_URL": "redis://127.0.0.1:6379/0"},
    ],
    ids=["nothing set", "database", "redis"],
)
def test_the_site_starts_with_each_kind_by_the_environment_alone(variables: dict[str, str], tmp_path: Path) -> None:
    answer = _check(tmp_path, variables)

    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TIERWRIGHT_TASKS": "celery"}, "TIERWRIGHT_TASKS is 'celery'"),
        ({"TIERWRIGHT_TASKS": "redis"}, "REDIS_URL should say where"),
        ({"SWEEP_LEASE_SECONDS": "0"}, "SWEEP_LEASE_SECONDS is '0'"),
        ({"SWEEP_DAYS": "ever"}, "SWEEP_DAYS is 'ever'"),
    ],
)
def test_nonsense_stops_the_start(variables: dict[str, str], sentence: str, tmp_path: Path) -> None:
    answer = _check(tmp_path, variables)

    assert answer.returncode != 0
    assert sentence in answer.stderr


def _check(var: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "TIERWRIGHT_VAR": str(var), **variables}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
