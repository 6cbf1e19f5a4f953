"""Reads /etc/hosts back: every name with its address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from topology.components.reading import Reading, Texts

PATH = "/etc/hosts"


def read(texts: Texts) -> Reading:
    """Names of the file, IPv4 only; the first address of a name holds."""
    return Reading(resolves=_names_in(texts.get(PATH, "")))


@lru_cache(maxsize=16)
def _names_in(text: str) -> Mapping[str, str]:
    """Every server of a plan has the same file: it is read once."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or ("",)
        for name in names if "." in address else ():
            found.setdefault(name, address)
    return found
