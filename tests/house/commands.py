"""Finds the commands that README and docs print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_MANAGE = re.compile(r"^\s*(?:\$ )?(?:python|\.venv/bin/python) manage\.py ([a-z_]+)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block of shell commands; `tested` where its info string is `sh test`."""

    text: str
    tested: bool


def documents() -> list[Path]:
    """README, CONTRIBUTING and every guide."""
    papers = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in papers if path.is_file()]


def blocks(text: str) -> list[Block]:
    """The shell blocks of a paper, in order."""
    fences = ((match["info"].split(), match["body"]) for match in _FENCE.finditer(text))
    return [Block(text=body, tested="test" in info[1:]) for info, body in fences if info and info[0] == "sh"]


def manage_commands(block: Block) -> list[str]:
    """The names after `python manage.py` in a block."""
    return _MANAGE.findall(block.text)
