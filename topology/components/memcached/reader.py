"""Reads memcached.conf back: options of a command line, one or several a line, a comment after `#`."""

from __future__ import annotations

from itertools import pairwise

from topology.components.memcached.validate import PATH
from topology.components.reading import Listening, Reading, Texts, read_words


def reading_of(texts: Texts) -> Reading:
    """Where it listens, how many connections it takes, and its file of the process."""
    words = [word for line in read_words(texts.get(PATH, "")) for word in line]
    options = {key: value for key, value in pairwise(words) if key.startswith("-")}
    port = int(options.get("-p", 11211))
    addresses = options.get("-l", "").split(",")
    backlog = int(options["-b"]) if "-b" in options else None
    return Reading(
        listens=tuple(Listening(address=address, port=port, backlog=backlog) for address in addresses),
        accepts=int(options.get("-c", 1024)),
        pid_file=options.get("-P"),
    )
