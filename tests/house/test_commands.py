"""The commands that README and docs print are real, and those in `sh test` blocks are run."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.conftest import ROOT
from tests.house.commands import Block, blocks, documents, manage_commands
from tests.house.tree import name, tracked_files

LINES_OF_THE_SAMPLE_LOG = 3_000


def test_blocks_are_found_and_told_apart() -> None:
    text = "Do:\n```sh test\npython manage.py schema\n```\nor\n```sh\nbin/run\n```\n```yaml\na: 1\n```\n"

    found = blocks(text)

    assert found == [Block(text="python manage.py schema\n", tested=True), Block(text="bin/run\n", tested=False)]
    assert manage_commands(found[0]) == ["schema"]


@pytest.mark.parametrize("paper", documents(), ids=name)
def test_every_command_in_the_papers_exists(paper: Path) -> None:
    known = get_commands()

    printed = [command for block in blocks(paper.read_text(encoding="utf-8")) for command in manage_commands(block)]

    assert [command for command in printed if command not in known] == []


@pytest.mark.slow
@pytest.mark.parametrize("paper", documents(), ids=name)
def test_the_papers_commands_run(paper: Path, tmp_path: Path) -> None:
    scripts = [block.text for block in blocks(paper.read_text(encoding="utf-8")) if block.tested]
    if not scripts:
        return
    tree = _copy_of_the_tree(tmp_path / "tierwright")
    environment = _environment(tmp_path / "var")
    _run("python manage.py migrate -v 0", tree, environment)

    for script in scripts:
        answer = _run(script, tree, environment)
        assert answer.returncode == 0, f"{script}\n{answer.stdout}\n{answer.stderr}"


def _copy_of_the_tree(tree: Path) -> Path:
    for path in tracked_files():
        if path.suffix != ".png":
            target = tree / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    (tree / "access.log").write_text(_sample_log(), encoding="ascii")
    return tree


def _environment(var: Path) -> dict[str, str]:
    """As in an activated environment, with a data directory of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "TIERWRIGHT_"))}
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": search, "TIERWRIGHT_VAR": str(var), "DATABASE_URL": ""}


def _run(script: str, tree: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-eu", "-c", script], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


def _sample_log() -> str:
    """The `access.log` that the papers speak of: a day of a small site in the combined format."""
    chance = random.Random(21)
    return "".join(_sample_line(chance, number) for number in range(LINES_OF_THE_SAMPLE_LOG))


def _sample_line(chance: random.Random, number: int) -> str:
    second = number * 86_400 // LINES_OF_THE_SAMPLE_LOG
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    path = chance.choice(("/", "/news/", f"/story/{chance.randrange(500)}/", "/static/site.css", "/media/photo.jpg"))
    client = f"192.0.2.{chance.randrange(1, 255)}"
    return (
        f'{client} - - [03/Mar/2026:{clock} +0000] "GET {path} HTTP/1.1" 200 {chance.randrange(400, 40_000)}'
        ' "-" "Mozilla/5.0"\n'
    )
