"""Runs the measurements of one issue, or of all, and writes docs/evidence/<issue>/<name>.md and .json."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import django

import tests.evidence
from tests.evidence import Cell, Evidence

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "evidence"


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; 1 where a measurement is not what was promised."""
    parser = argparse.ArgumentParser(prog="bin/evidence", description=__doc__)
    parser.add_argument("issue", nargs="?", type=int, help="only the evidence of this issue")
    parser.add_argument("--only", metavar="NAME", help="only the measurement of this name")
    asked = parser.parse_args(arguments)
    wanted = [module for module in _measurements() if _is_wanted(module, asked.issue, asked.only)]
    if not wanted:
        print("bin/evidence: there is no such measurement", file=sys.stderr)
        return 2
    kept = [_record(module) for module in wanted]
    return 0 if all(kept) else 1


def markdown(evidence: Evidence, *, sentence: str, machine: str) -> str:
    """The page that people read."""
    table = _table(evidence.columns, evidence.rows)
    verdict = "As promised." if evidence.passed else "**Not as promised.**"
    parts = [f"# {evidence.title}", sentence, f"```sh\n{evidence.command}\n```", table, evidence.text, verdict, machine]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _measurements() -> list[ModuleType]:
    names = sorted(info.name for info in pkgutil.iter_modules(tests.evidence.__path__))
    return [importlib.import_module(f"tests.evidence.{name}") for name in names if not name.startswith("_")]


def _is_wanted(module: ModuleType, issue: int | None, only: str | None) -> bool:
    return hasattr(module, "measure") and issue in (None, module.ISSUE) and only in (None, _name(module))


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _record(module: ModuleType) -> bool:
    print(f"bin/evidence: {module.ISSUE}/{_name(module)} ...", file=sys.stderr, flush=True)
    evidence: Evidence = module.measure()
    target = FOLDER / str(module.ISSUE) / _name(module)
    target.parent.mkdir(parents=True, exist_ok=True)
    page = markdown(evidence, sentence=inspect.getdoc(module) or "", machine=_machine())
    target.with_suffix(".md").write_text(page, encoding="utf-8")
    document = {**dataclasses.asdict(evidence), "machine": _machine()}
    target.with_suffix(".json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"bin/evidence: {'as promised' if evidence.passed else 'NOT as promised'}", file=sys.stderr, flush=True)
    return evidence.passed


def _table(columns: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> str:
    if not columns:
        return ""
    lines = [columns, tuple("---" for _ in columns), *(tuple(map(_cell, row)) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Cell) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _machine() -> str:
    python = platform.python_version()
    return f"Measured on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {python}."


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
