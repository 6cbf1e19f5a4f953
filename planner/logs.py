"""Keeps what people ask for out of the log: query strings are cut, and no line begins where its writer did not."""

from __future__ import annotations

import logging
import re

from topology.fields import UNPRINTABLE

_QUERY = re.compile(r"\?[^\s\"']*")


class WithoutQuery(logging.Filter):
    """Cuts every query string from a record's message, and shows what cannot be printed as a mark."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place and let it pass."""
        said = _QUERY.sub("", record.getMessage())
        lines = (UNPRINTABLE.sub("\ufffd", line) for line in said.split("\n"))
        record.msg, record.args = "\n  ".join(lines), ()
        return True
