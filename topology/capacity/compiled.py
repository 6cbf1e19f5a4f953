"""What the kernels stand on: numba's compiler with a cache on disk, or nothing where there is no numba."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


def _compiler() -> Any:
    """Numba, or None where it is not installed, not usable or switched off."""
    if os.environ.get("TIERWRIGHT_NO_NUMBA"):
        return None
    try:
        import numba
    except ImportError:
        return None
    return None if getattr(numba.config, "DISABLE_JIT", False) else numba


_NUMBA = _compiler()
COMPILED = _NUMBA is not None
"""Whether kernels run as machine code; the same code in plain Python is 50 to 100 times slower."""


def compiled(function: Function) -> Function:
    """`numba.njit` with its type kept; the function itself where there is no numba."""
    return _jit(function)


def inlined(function: Function) -> Function:
    """The same of a small function, put into each place that calls it."""
    return _jit(function, forceinline=True)


def _jit(function: Function, **options: bool) -> Function:
    if _NUMBA is None:
        return function
    settings = {"nogil": True, "error_model": "numpy", **options}
    try:
        kernel = _NUMBA.njit(cache=True, **settings)(function)
        # A cache knows only the file of its own function, while a kernel holds code and constants of the others too.
        file = kernel._cache._cache_file
        file._source_stamp = (file._source_stamp, _sources())
    except (RuntimeError, AttributeError):  # no place for a cache, or none that can be dated: compile in each process
        kernel = _NUMBA.njit(**settings)(function)
    return cast(Function, kernel)


@cache
def _sources() -> str:
    return sha256(b"\0".join(file.read_bytes() for file in _files())).hexdigest()


def _files() -> Iterator[Path]:
    """Every module whose code or constants may be in a kernel."""
    here = Path(__file__).parent
    yield from (here / "queues.py", here / "percentiles.py", here / "search" / "kernel.py")
    for package in ("screen", "simulation"):
        yield from sorted((here / package).glob("*.py"))
