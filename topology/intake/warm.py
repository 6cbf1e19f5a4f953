"""Compiles the scanner ahead of its first use: `python -m topology.intake.warm`, which set-up calls."""

from __future__ import annotations

import sys

from topology.intake import fast
from topology.intake.format import Layout

_LINE = b'192.0.2.1 - - [10/Feb/2012:16:42:07 -0500] "GET /a.css HTTP/1.1" 200 368 "-" "Mozilla/5.0"\n'


def warm() -> bool:
    """Compile, or load what is compiled already; False where numba is not to be had."""
    module = fast.scanner()
    if module is None:
        return False
    block = fast.FastBlocks(module, Layout(agent_token=1)).read(memoryview(bytearray(_LINE)))
    return block.hits.second.size == 1


def main() -> None:
    """Say what was done; the absence of numba is no fault, only slower."""
    if not warm():
        print("numba is not installed or not usable here: large logs are read about ten times slower.", file=sys.stderr)


if __name__ == "__main__":
    main()
