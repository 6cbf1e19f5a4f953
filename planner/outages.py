"""What a page says while the database or the disk does not do its part."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

AGAIN_SECONDS = 5
"""After so long it may be over."""
_KEPT = "What you entered is still in your browser, one step back."
_UNSURE = f"It is not certain that this was saved: look before you send it again. {_KEPT}"
_LATER = "Wait a few seconds and try again."


@dataclass(frozen=True)
class Outage:
    """What is out of order, for people."""

    title: str
    says: str


def outage_of(error: BaseException | None, *, writes: bool) -> Outage | None:
    """What of the site is out of order, where an error tells of that; `writes` where somebody sent something."""
    if not isinstance(error, OperationalError | InterfaceError | OSError):
        return None
    told = str(error).lower()
    if _is_full(error, told):
        return Outage(
            "The disk is full",
            f"There is no room left to save anything; whoever runs this site is to make some. {_KEPT}",
        )
    if isinstance(error, OSError):
        return None
    if "locked" in told:
        return Outage(
            "The database is busy", f"Other work held it for longer than we wait. Nothing was saved. {_LATER} {_KEPT}"
        )
    return Outage("The database does not answer", f"{_LATER} {_UNSURE if writes else 'What was saved is safe.'}")


def _is_full(error: BaseException, told: str) -> bool:
    number = error.errno if isinstance(error, OSError) else None
    return number in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in told or "no space left" in told
