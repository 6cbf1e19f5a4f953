"""How the kernel is compiled: by numba where it is to be had, and left as plain Python where it is not."""

from __future__ import annotations

import os
from collections.abc import Callable
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
    return None if getattr(numba.config, "DISABLE_JIT", 0) else numba


_NUMBA = _compiler()
COMPILED = _NUMBA is not None
"""Whether the kernel runs compiled; plain Python takes lists for arrays, which it reads faster."""


def compiled(function: Function) -> Function:
    """Compile a function, with a cache on disk where a directory can be written to."""
    return _jit(function)


def inlined(function: Function) -> Function:
    """Compile a small function into each place that calls it."""
    return _jit(function, forceinline=True)


def _jit(function: Function, **options: bool) -> Function:
    if _NUMBA is None:
        return function
    settings = {"nogil": True, "error_model": "numpy", **options}
    try:
        return cast(Function, _NUMBA.njit(cache=True, **settings)(function))
    except RuntimeError:  # no place for a cache: compile anew in each process
        return cast(Function, _NUMBA.njit(**settings)(function))
