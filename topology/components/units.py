"""Units of systemd: whether they are understood, key by key."""

from __future__ import annotations

import re

from topology.components.base import Stage

_VERIFY = ("env", "SYSTEMD_LOG_TARGET=console", "systemd-analyze", "verify", "--man=no")


def unit_problem(stage: Stage, *units: str, of: str = "") -> str:
    """What systemd-analyze finds in these units, or an empty text; `of` names a drop-in of which alone it is asked.

    It ends well although it passed over a key, and it speaks of other units too, so its lines are read.
    """
    names = [re.escape(path.rpartition("/")[2]) for path in units] if not of else [re.escape(of)]
    ran = stage.run([*_VERIFY, *units])
    ours = [line for line in ran.output.splitlines() if re.match(rf"\S*({'|'.join(names)})\b", line)]
    return f"systemd-analyze verify: {'; '.join(ours)}" if ours else ""
