"""Rendering the files of a cluster: by us, and by Ansible's template module from templates of the same files."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from topology.bundles import build
from topology.components import catalogue, resolve
from topology.design import Design
from topology.document import from_data, to_data

ROUNDS = 5
"""Times that we render all files, to have something to measure."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What rendering took."""

    files: int
    seconds: float
    """CPU seconds of one rendering of all files, children among them."""
    same: bool
    """The bytes are those of the bundle."""


def ours(design: Design) -> Rendered:
    """Resolve the design anew and render every file of every host."""
    expected = {(file.host, file.config.path): file.config.text for file in build(design).files}
    data = to_data(design)
    started = time.process_time()
    for _ in range(ROUNDS):
        rendered = _render(from_data(data, catalogue=catalogue()))
    spent = (time.process_time() - started) / ROUNDS
    return Rendered(files=len(rendered), seconds=spent, same=rendered == expected)


def _render(design: Design) -> dict[tuple[str, str], str]:
    cluster = resolve(design)
    return {
        (placed.host.name, file.path): file.text for placed in cluster.placed for file in placed.component.files(placed)
    }


def ansibles(design: Design, folder: Path) -> Rendered:
    """One task a file and host, on a local connection, with facts off; the host's name and address are variables."""
    bundle = build(design)
    inventory, plays = {}, []
    for host in design.hosts:
        inventory[host.name] = {"address": host.address, "ansible_connection": "local", "name_of_host": host.name}
        inventory[host.name]["ansible_python_interpreter"] = sys.executable
        tasks = []
        for number, file in enumerate(bundle.by_host[host.name]):
            source = folder / "templates" / host.name / f"{number}.j2"
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(_template(file.config.text, host.name, host.address), encoding="utf-8")
            target = folder / "out" / host.name / str(number)
            target.parent.mkdir(parents=True, exist_ok=True)
            tasks.append({"template": {"src": str(source), "dest": str(target), "mode": "0644"}})
        plays.append({"hosts": host.name, "gather_facts": False, "tasks": tasks})
    (folder / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": inventory}}), encoding="utf-8")
    (folder / "site.yml").write_text(yaml.safe_dump(plays), encoding="utf-8")
    spent = _run(folder)
    same = all(
        (folder / "out" / host / str(number)).read_text(encoding="utf-8") == file.config.text
        for host, files in bundle.by_host.items()
        for number, file in enumerate(files)
    )
    return Rendered(files=len(bundle.files), seconds=spent, same=same)


def _template(text: str, name: str, address: str) -> str:
    """The file as a template: its own signs raw, the host's name and address as variables."""
    parts = text.split(address)
    return "#jinja2: trim_blocks:False, keep_trailing_newline:True\n" + "{{ address }}".join(
        "{% raw %}" + part + "{% endraw %}" for part in parts
    )


def _run(folder: Path) -> float:
    program = shutil.which("ansible-playbook", path="/usr/bin:/usr/local/bin")
    if program is None:
        raise FileNotFoundError("ansible-playbook is not installed (package ansible-core)")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [program, "-i", str(folder / "inventory.yml"), str(folder / "site.yml")],
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder), "ANSIBLE_LOCALHOST_WARNING": "0"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
