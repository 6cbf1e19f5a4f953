"""A component's folder is all that it takes: put into a tree, it is in the catalogue, the pages and the tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.house.tree import tracked_files

_FILE = re.compile(r"^```\w+ file=(?P<path>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
GENERIC = ("tests/topology/test_components.py", "tests/topology/bundles/test_validators.py")
PAGES = ("tests/planner/pages/test_catalogue.py", "tests/planner/pages/test_docs.py")

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree into which a folder may be put."""
    for path in tracked_files():
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return tmp_path


def example() -> Iterator[tuple[str, str]]:
    """The files of the worked example in the paper."""
    paper = (ROOT / "docs" / "adding-a-component.md").read_text(encoding="utf-8")
    for file in _FILE.finditer(paper):
        yield file["path"], file["text"]


def put_example(tree: Path) -> str:
    """The component of the paper."""
    for path, text in example():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return "kernel"


def put_copy(tree: Path) -> str:
    """A copy of a folder that is there, under a name of its own."""
    components = tree / "topology" / "components"
    shutil.copytree(components / "memcached", components / "remembered")
    for path in (components / "remembered").rglob("*.py"):
        text = path.read_text(encoding="utf-8").replace(
            "topology.components.memcached", "topology.components.remembered"
        )
        text = text.replace('name = "memcached"', 'name = "remembered"').replace('{"memcached": ', '{"remembered": ')
        path.write_text(text, encoding="utf-8")
    for path in (components / "remembered").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\bmemcached\b(?!\.conf| reads| does| asks)", "remembered", text), encoding="utf-8")
    return "remembered"


@pytest.mark.parametrize("put", [put_example, put_copy])
def test_a_folder_put_there_is_found_everywhere(tree: Path, put: object) -> None:
    assert callable(put)
    name = put(tree)

    listed = run(tree, "manage.py", "catalogue", "--json")
    schema = run(tree, "manage.py", "schema")
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env=environment(tree),
        capture_output=True,
        text=True,
        check=False,
    )
    walked = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", name, *GENERIC)
    pages = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PAGES)

    assert name in [entry["name"] for entry in json.loads(listed)]
    assert f"settings-{name}" in json.loads(schema)["$defs"]
    assert "Contracts:" in lint.stdout
    assert f"components.{name}" not in lint.stdout, lint.stdout
    passed = re.search(r"(\d+) passed", walked)
    assert passed is not None, walked
    assert int(passed[1]) >= 8, walked
    assert "passed" in pages


def test_the_example_is_written_accepted_and_explained(tree: Path) -> None:
    put_example(tree)
    plan = tree / "topology/components/kernel/cases/good/before_two_web_servers.yaml"

    run(tree, "manage.py", "export", str(plan), "-o", str(tree / "bundle"))

    manifest = json.loads((tree / "bundle" / "manifest.json").read_bytes())
    report = json.loads((tree / "bundle" / "reports" / "validation.json").read_bytes())
    ours = [file for file in manifest["files"] if file["component"] == "kernel"]
    assert [file["host"] for file in ours] == ["balancer1", "web1", "web2"]
    assert {file["why"][0]["value"] for file in ours} == {4096, 8192}
    assert "kernel" in json.dumps(report)
    assert (tree / "bundle/hosts/web1/rootfs/etc/sysctl.d/60-tierwright.conf").read_text(encoding="utf-8") == (
        "net.core.somaxconn = 8192\n"
    )


def run(tree: Path, *arguments: str) -> str:
    """The answer of Python in the copy; it must end well."""
    answer = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment(tree), capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def environment(tree: Path) -> dict[str, str]:
    """The copy's own modules, its own data, and nothing of the run around it."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "TIERWRIGHT_", "PYTEST_"))
    }
    return {**kept, "PYTHONPATH": str(tree), "TIERWRIGHT_VAR": str(tree / "var"), "DATABASE_URL": ""}
