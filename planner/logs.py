"""Keeps what people ask for out of the log: query strings are cut, and no line begins where its writer did not."""

from __future__ import annotations

import logging
import re

from topology.fields import UNPRINTABLE

_QUERY = re.compile(r"\?[^\s\"']*")
_KEY = re.compile(r"(/(?:share|invitations|accounts/password/reset/key|accounts/confirm-email)/)[^/\s\"']+")
"""Addresses that are keys themselves: whoever reads one in a log could use it."""


class WithoutQuery(logging.Filter):
    """Cuts query strings and keys in addresses from a record's message; what cannot be printed is a mark."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place and let it pass."""
        said = _KEY.sub(r"\1...", _QUERY.sub("", record.getMessage()))
        lines = (UNPRINTABLE.sub("\ufffd", line) for line in said.split("\n"))
        record.msg, record.args = "\n  ".join(lines), ()
        return True
