"""The review of proposals: what may be done, by whom, and what then follows."""

from __future__ import annotations

from topology.errors import TierwrightError


class Refused(TierwrightError):
    """A rule about people or states says no, in a sentence that says what would help."""

    status = 403


class Stale(Refused):
    """What the person saw is no longer what is there; nothing was done, and nothing of theirs is lost."""

    status = 409
