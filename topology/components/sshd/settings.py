"""Settings of the OpenSSH server."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing


class SshdSettings(Settings):
    """Settings of the role sshd."""

    max_auth_tries: Annotated[int, Field(ge=1, le=20)] | None = None
    """Keys that a client may offer in one connection; 4 by default."""
    login_seconds: Annotated[int, Field(ge=10, le=600)] | None = None
    """Seconds in which somebody must have signed in; 30 by default."""
    alive_seconds: Annotated[int, Field(ge=10, le=3600)] | None = None
    """Seconds of silence after which a client is asked whether it is still there; 60 by default."""


def size(placed: Placed) -> Sizing:
    """Tries and times."""
    sizer = Sizer(placed.written)
    sizer.set("max_auth_tries", 4, "fewer than OpenSSH's own 6; an agent with more keys needs IdentitiesOnly")
    sizer.set("login_seconds", 30, "a key needs no typing; OpenSSH's own is 120 s (sshd_config(5))")
    sizer.set("alive_seconds", 60, "three unanswered questions end a dead session; a rule of thumb")
    return sizer.done()
