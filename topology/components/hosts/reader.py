"""Reads /etc/hosts back: every name with its address."""

from __future__ import annotations

from topology.components.reading import Reading, Texts, read_words

PATH = "/etc/hosts"


def read(texts: Texts) -> Reading:
    """Names of the file, IPv4 only; the first address of a name holds."""
    found: dict[str, str] = {}
    for address, *names in read_words(texts.get(PATH, "")):
        for name in names if ":" not in address else ():
            found.setdefault(name, address)
    return Reading(resolves=found)
