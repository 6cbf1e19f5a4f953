"""`manage.py startcomponent`: a folder with every part that Python can read, whose gaps are marked."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from django.core.management import call_command

from tests.conftest import ROOT
from topology import plain_yaml
from topology.management.commands.startcomponent import skeleton


def test_a_new_folder_has_every_part_in_its_place() -> None:
    paths = [path for path, _ in skeleton("squid")]

    assert paths == [
        "__init__.py",
        "boot.py",
        "cases/bad/key_misspelt.yaml",
        "cases/good/one_server.yaml",
        "reader.py",
        "settings.py",
        "templates/squid.conf.j2",
        "validate.py",
    ]


def test_its_python_and_yaml_can_be_read_and_carry_its_name() -> None:
    for path, text in skeleton("round_robin"):
        if path.endswith(".py"):
            ast.parse(text)
        elif path.endswith(".yaml"):
            plain_yaml.read(text.encode(), file=path)
        assert "NAME" not in text
    assert "class RoundRobin(Component):" in dict(skeleton("round_robin"))["__init__.py"]


@pytest.mark.parametrize("name", ["apt", "round_robin", "squid"])
def test_its_python_is_as_the_house_writes_it_whatever_its_name(name: str) -> None:
    modules = {path: text for path, text in skeleton(name) if path.endswith(".py")}
    ours = ["check", "--config", 'lint.isort.known-first-party = ["topology"]']

    said = {
        (path, check[0]): ruff(*check, "--stdin-filename", f"topology/components/{name}/{path}", text=text)
        for path, text in modules.items()
        for check in (ours, ["format", "--check"])
    }

    assert {where: ran.stdout for where, ran in said.items() if ran.returncode != 0} == {}


def ruff(*arguments: str, text: str) -> subprocess.CompletedProcess[str]:
    """Ruff's answer about a module that is not in the tree yet."""
    return subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--no-cache", "-"],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_left_to_decide_is_marked() -> None:
    marked = [path for path, text in skeleton("squid") if "TODO" in text]

    assert "__init__.py" in marked
    assert "validate.py" in marked


@pytest.mark.parametrize("name", ["nginx", "nfs_client", "../x", "Squid", "a-b", "", "class;"])
def test_a_name_that_is_taken_or_none_is_refused_in_a_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("startcomponent", name)

    assert ended.value.code == 2
    assert "name" in capsys.readouterr().err
