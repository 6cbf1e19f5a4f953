"""The papers are true and whole: made parts match the code, links lead somewhere, no setting is left out."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.house.commands import documents
from tests.house.papers import DRAWN, MADE, is_drawn, own_commands, parts, renewed
from tests.house.tree import name
from topology.components import catalogue
from topology.document import load

DOCS = ROOT / "docs"
MOST_BYTES = 150_000
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PLAN = re.compile(r"^```yaml[^\n]*\n(?P<text>tierwright: 1\n.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("paper", documents(), ids=name)
def test_made_parts_are_what_the_code_says(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")

    assert renewed(text) == text, "run: python -m tests.house.papers"


@pytest.mark.parametrize("picture", DRAWN)
def test_drawn_pictures_are_of_the_code_as_it_is(picture: str) -> None:
    assert is_drawn(picture), "run: python -m tests.house.papers"


def test_every_made_part_stands_in_one_paper() -> None:
    found = [part for paper in documents() for part in parts(paper.read_text(encoding="utf-8"))]

    assert sorted(found) == sorted(MADE)


@pytest.mark.parametrize("paper", documents(), ids=name)
def test_links_lead_to_files_and_headings_that_are_there(paper: Path) -> None:
    for target in _links(paper):
        path, _, heading = target.partition("#")
        if "://" in target or path in ("/catalogue/", "/catalogue/translation/"):
            continue
        file = (paper.parent / path).resolve() if path else paper
        assert file.is_file(), f"{name(paper)} links to {target}"
        if heading:
            assert heading in _anchors(file), f"{name(paper)} links to {target}"


@pytest.mark.parametrize("folder", [DOCS, DOCS / "decisions"], ids=name)
def test_the_contents_name_every_paper_of_their_folder(folder: Path) -> None:
    named = {(folder / link.partition("#")[0]).resolve() for link in _links(folder / "README.md")}

    assert set(folder.glob("*.md")) - {folder / "README.md"} <= named


def test_every_picture_is_shown_somewhere_and_small() -> None:
    shown = {(paper.parent / link).resolve() for paper in documents() for link in _links(paper)}
    pictures = set((DOCS / "img").iterdir())

    assert pictures <= shown
    assert [name(path) for path in pictures if path.stat().st_size > MOST_BYTES] == []


def test_decisions_are_numbered_without_gaps_and_have_their_parts() -> None:
    records = sorted(path for path in (DOCS / "decisions").glob("*.md") if path.name != "README.md")

    assert [int(path.name[:3]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:3]}: ")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name


def test_the_staircase_of_the_paper_is_that_of_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["topology"])
    drawn = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("\ntopology   management")[2]
    order = [re.findall(r"\w+", line.split("   strangers")[0]) for line in drawn.partition("```")[0].splitlines()]

    assert [set(re.findall(r"\w+", layer)) for layer in layers[1:]] == [set(words) for words in order[1:]]


def test_every_variable_of_the_settings_is_explained() -> None:
    read = _variables(ROOT / "planner" / "settings.py")
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", (DOCS / "configuration.md").read_text(encoding="utf-8"), re.M))
    scripts = (ROOT / "bin" / "run").read_text(encoding="utf-8") + (ROOT / "topology/intake/fast.py").read_text("utf-8")

    assert len(read) > 5
    assert read <= explained
    assert {variable for variable in explained - read if variable not in scripts} == set()


@pytest.mark.parametrize("paper", documents(), ids=name)
def test_plans_in_the_papers_are_accepted(paper: Path) -> None:
    for plan in _PLAN.finditer(paper.read_text(encoding="utf-8")):
        if "kernel" not in plan["text"]:  # the component that the paper itself adds
            load(plan["text"], catalogue=catalogue())


@pytest.mark.slow
@pytest.mark.parametrize("command", sorted(own_commands()))
def test_every_command_has_its_help(command: str, tmp_path: Path) -> None:
    environment = {**os.environ, "TIERWRIGHT_VAR": str(tmp_path), "COLUMNS": "100"}

    answer = subprocess.run(
        [sys.executable, "manage.py", command, "--help"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0
    assert " ".join(own_commands()[command].help.split()) in " ".join(answer.stdout.split())


def _links(paper: Path) -> list[str]:
    return _LINK.findall(_FENCED.sub("", paper.read_text(encoding="utf-8")))


def _anchors(paper: Path) -> set[str]:
    """The anchors of a paper's headings, as the site and code hosts make them."""
    titles = re.findall(r"^#+ (.*)$", _FENCED.sub("", paper.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _variables(module: Path) -> set[str]:
    """The names that the settings ask the environment for."""
    readers = {"text", "flag", "whole", "words", "get"}
    calls = (node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    asked = (call for call in calls if _called(call) in readers and call.args)
    return {
        argument.value
        for call in asked
        if isinstance(argument := call.args[0], ast.Constant) and isinstance(argument.value, str)
    }


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
