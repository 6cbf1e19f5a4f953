"""Settings of logrotate."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from topology.components.base import Placed, Settings, Sizer, Sizing

_LOG = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9._-]*){2,8}(/\*)?(/\*\.log)?", re.ASCII)


def _check_log(text: str) -> str:
    if not _LOG.fullmatch(text) or len(text) > 200:
        raise ValueError("write the path of a log, such as /var/log/newspaper/site.log or /var/log/newspaper/*.log")
    return text


class LogrotateSettings(Settings):
    """Settings of the role logrotate."""

    also: Annotated[tuple[Annotated[str, AfterValidator(_check_log)], ...], Field(max_length=50)] | None = None
    """Further logs on these servers, such as the site's own: /var/log/newspaper/*.log."""
    keep_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days for which rotated logs are kept; 14 by default."""


def size(placed: Placed) -> Sizing:
    """How long logs are kept."""
    written = placed.written.keep_days if isinstance(placed.written, LogrotateSettings) else None
    sizer = Sizer(LogrotateSettings(keep_days=written))
    sizer.set("keep_days", 14, "two weeks, as Debian's rule for nginx; what the law of your country asks goes first")
    return sizer.done()
