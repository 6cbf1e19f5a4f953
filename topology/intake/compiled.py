"""What the scanner stands on: numba's compiler, and tables of words as numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from topology.intake import requests

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """`numba.njit` with its type kept, and a cache on disk where a directory can be written to."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True, forceinline=True)(function))
    except RuntimeError:  # no place for a cache: compile anew in each process
        return cast(Function, numba.njit(nogil=True)(function))


def packed(word: bytes) -> int:
    """Up to eight bytes as one number."""
    return int.from_bytes(word, "big")


def stops_at(extra: bytes) -> NDArray[np.uint8]:
    """A table of bytes that end a skip: control characters, so also the end of the line, and those named."""
    return np.array([byte < 0x20 or byte in extra for byte in range(256)], dtype=np.uint8)


def _extensions() -> NDArray[np.int64]:
    """Known extensions as numbers in rising order, each with its traits."""
    known = requests.traits_of_extension()
    return np.array(sorted((packed(word), traits) for word, traits in known.items()), dtype=np.int64)


# Handed in as an argument: compiled code would keep the values of its own time for good.
TABLES = (
    np.array([packed(word) for word in requests.METHODS], dtype=np.int64),
    _extensions(),
    np.array([[*word.ljust(8, b"\0"), traits] for word, traits in requests.PREFIXES], dtype=np.int64),
)
"""Methods, numbered from 1 as in `hits.Methods`; extensions; beginnings of paths."""
