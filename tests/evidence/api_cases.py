"""At least 20,000 requests against the API, made from its own description: what it allows, and what it does not."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.evidence import Evidence

ISSUE = 4
CASES = 260
"""Requests for each operation, mode and kind of path; some operations take fewer different ones."""
LEAST = 20_000
ROOT = Path(__file__).resolve().parents[2]
TEST = "tests/planner/api/test_schema.py"
_ANSWERS = re.compile(r"^\.?(\d+) requests: (\{.*\})$", re.MULTILINE)


def measure(cases: int = CASES) -> Evidence:
    """Run the test of the description with many more cases."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:logging", "-p", "no:cacheprovider", TEST],
        cwd=ROOT,
        env={**os.environ, "API_CASES": str(cases)},
        capture_output=True,
        text=True,
        check=False,
    )
    answers: Counter[int] = Counter()
    for _, found in _ANSWERS.findall(ran.stdout):
        answers.update(ast.literal_eval(found))
    total = sum(answers.values())
    return Evidence(
        title="Requests against the API",
        command="bin/evidence 4 --only api_cases",
        passed=ran.returncode == 0 and total >= LEAST and not any(status >= 500 for status in answers),
        columns=("status", "answers"),
        rows=tuple((str(status), number) for status, number in sorted(answers.items())),
        text=(
            f"{total:,} requests by schemathesis: allowed ones and others, to things that are there and to any. Every"
            " answer is held against the description: its status, its form, its type; none may be a fault."
            + ("" if ran.returncode == 0 else f"\n\n```\n{ran.stdout[-2000:]}\n```")
        ),
    )
