"""The program that draws is absent, hangs, or crashes: pages show the table and a sentence in place of the picture."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.evidence.faults._outcome import Outcome
from tests.load.scene import Prepared, scene

HANGS = "#!/bin/sh\nexec sleep 300\n"
CRASHES = "#!/bin/sh\nkill -SEGV $$\n"
SENTENCE = "The picture could not be drawn"


def drill(data: Prepared, folder: Path, *, kind: str) -> Outcome:
    """Look at a plan and at the diagram of a proposal while `dot` does what it should not."""
    programs = folder.with_name(f"{folder.name}-programs")
    programs.mkdir()
    path = str(programs)
    if kind != "absent":
        dot = programs / "dot"
        dot.write_text(HANGS if kind == "hung" else CRASHES, encoding="ascii")
        dot.chmod(0o755)
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with scene(data, folder, more={"PATH": path}) as found:
        person, others = found.person(), [found.person(), found.person()]
        own = next(row for row in person.desk["proposals"] if row["own"])
        addresses = (f"/plans/{person.desk['plans'][0]}/", f"/proposals/{own['pk']}/diagram/")
        with ThreadPoolExecutor(2) as pool:
            waiting = [
                pool.submit(other.browser.get, address) for other, address in zip(others, addresses, strict=True)
            ]
            quick = person.browser.get("/queue/")
            pages = [future.result() for future in waiting]
    says = [SENTENCE in page.text and "The same as a table" in page.text for page in pages]
    drew = ["<svg" in page.text and "The same as a table" in page.text for page in pages]
    fine = all(drew) if kind == "absent" else all(says)
    return Outcome(
        fault=f"`dot` {kind}",
        did="a plan and the diagram of a proposal asked for",
        found=(
            f"{', '.join(str(page.status) for page in pages)} within {max(page.seconds for page in pages):.0f} s; "
            + ("drawn by graphviz-pure instead" if kind == "absent" else "the table, open, and a sentence why")
            + f"; the queue answers {quick.status} meanwhile"
        ),
        passed=fine and quick.status == 200 and all(page.status == 200 for page in pages),
    )
