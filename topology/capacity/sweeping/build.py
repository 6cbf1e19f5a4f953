"""What figures hang on besides the question: the code that works them out, and what it runs on."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

_ROOT = Path(__file__).resolve().parents[2]
_RIM = {"management", "migrations", "__pycache__"}


def _sources() -> Iterator[Path]:
    """The domain without its commands: an edit of one of these may change a figure."""
    return (path for path in sorted(_ROOT.rglob("*.py")) if not _RIM & set(path.relative_to(_ROOT).parts))


def _numba() -> str:
    """Its version, without loading it, which takes a while; empty where it is not there or switched off."""
    try:
        return "" if os.environ.get("TIERWRIGHT_NO_NUMBA") else version("numba")
    except PackageNotFoundError:
        return ""


def _fingerprint() -> str:
    found = hashlib.sha256(f"{np.__version__} {_numba()} {platform.machine()}".encode())
    for path in _sources():
        found.update(path.relative_to(_ROOT).as_posix().encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


BUILD = _fingerprint()
"""Taken as the process starts, since later the files may be those of another version. It is the same wherever the same
version runs on the same kind of processor, with the same numpy, with numba or without."""
