"""What is wrong around a command, its database or its settings, is one sentence and code 2 as well."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("command", "environment", "says"),
    [
        ("demo", {}, "`python manage.py migrate` makes its tables"),
        ("schema", {"MAX_LOG_BYTES": "much"}, "MAX_LOG_BYTES is 'much'; use a whole number of at least 1."),
    ],
)
def test_what_is_wrong_around_a_command_is_a_sentence(
    tmp_path: Path, command: str, environment: dict[str, str], says: str
) -> None:
    own = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    inherited = {name: value for name, value in os.environ.items() if name not in own}

    ended = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={**inherited, "TIERWRIGHT_VAR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert says in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
