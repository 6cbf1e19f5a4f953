"""Where mod_python speaks, what goes wrong with it, and its directives of 2006 beside today's."""

from __future__ import annotations

from topology.components.base import Log, Translation, Trouble

LOGS = (
    Log(path="/var/log/apache2/error.log", says="Python's tracebacks, one line of the log for each of theirs"),
    Log(path="/var/log/apache2/access.log", says="every request, with its microseconds at the end of the line"),
)
TROUBLES: tuple[Trouble, ...] = ()
TRANSLATIONS: tuple[Translation, ...] = ()
