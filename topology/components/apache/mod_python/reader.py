"""What the files of mod_python say."""

from __future__ import annotations

from topology.components.apache.main import MAIN
from topology.components.apache.parsing import directives_of
from topology.components.apache.reader import reading_of as main_reading
from topology.components.reading import Reading, Texts


def reading_of(texts: Texts) -> Reading:
    """The main part, and a connection of every process to each store for every interpreter."""
    said = main_reading(texts)
    interpreters = {each.words[-1] for each in directives_of(texts, MAIN) if each.name == "pythonimport"}
    opened = (said.slots or 0) * len(interpreters)
    return said.with_(opens={"sql": opened, "pool": opened, "cache": opened})
