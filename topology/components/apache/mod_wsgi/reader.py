"""What the files of mod_wsgi say."""

from __future__ import annotations

from topology.components.apache.main import MAIN
from topology.components.apache.parsing import Directive, directives_of
from topology.components.apache.reader import reading_of as main_reading
from topology.components.reading import Reading, Texts


def reading_of(texts: Texts) -> Reading:
    """Apache's own part, and the daemons: theirs are the slots, the times and the connections to the stores."""
    said = main_reading(texts)
    daemons = [each for each in directives_of(texts, MAIN) if each.name == "wsgidaemonprocess"]
    if not daemons:
        return said
    slots = sum(_number(each, "processes") * _number(each, "threads") for each in daemons)
    return said.with_(
        slots=slots,
        workers=sum(_number(each, "processes") for each in daemons),
        opens={"sql": slots, "pool": slots, "cache": slots},
        request_seconds=float(max(_number(each, "request-timeout") for each in daemons)),
        queue_seconds=float(max(_number(each, "queue-timeout") for each in daemons)),
    )


def _number(daemon: Directive, option: str) -> int:
    return next((int(word.partition("=")[2]) for word in daemon.words if word.startswith(f"{option}=")), 0)
