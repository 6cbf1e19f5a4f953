"""What the boots of components share: how to start a program over the staged tree, ask it, and see what it took."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from topology.components.base import Stage, Verdict

ASKING = Path(__file__).with_name("asking.py.txt").read_text(encoding="utf-8")
"""Python that stands before the questions: wait_port, get, wait_http, measured; see the file."""
SAMPLE_SITE = Path(__file__).with_name("sample_site.py.txt").read_text(encoding="utf-8")
"""A whole Django site in one file, its WSGI application `application` and `app`."""
SAMPLE_QUESTIONS = Path(__file__).with_name("sample_questions.py.txt").read_text(encoding="utf-8")
"""Python for `ask`: ask_site(prefix, **where), which asks the sample site what every way of serving must answer."""
SHARED_PYTHON = """
mkdir -p /run/packages
mount --bind "$(python3 -c 'import django, os; print(os.path.dirname(os.path.dirname(django.__file__)))')" /run/packages
"""
"""Shell lines for `start`: Django and its like at a place that every account reaches, wherever they are installed."""
_PYTHON = '#!/bin/sh\nPYTHONPATH=/run/packages PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 "$@"\n'
_MEASURED = re.compile(r"^measured: ([\d.]+) MiB, ([\d.]+) ms of CPU (.*)$", re.MULTILINE)


def boot(
    stage: Stage,
    *,
    start: str,
    ask: str,
    expects: Sequence[str],
    words: Sequence[str] = (),
    seconds: float = 90,
) -> Verdict:
    """Run the shell lines of `start` as root, then the Python of `ask`; every text of `expects` must be printed.

    `words` are $1, $2, ... of the shell and sys.argv[1:] of the Python. Output that `start` puts into /run/said is
    shown where a question fails. The Python has the functions of asking.py.txt.
    """
    script = f'{start}\npython3 -c "$asking" "$@" || {{ cat /run/said 2>/dev/null; exit 1; }}\n'
    argv = ["env", f"asking={ASKING}\n{ask}", "bash", "-c", script, "boot", *words]
    ran = stage.run(argv, seconds=seconds)
    said = ran.output.strip()
    missing = [text for text in expects if text not in said]
    return Verdict(accepted=ran.status == 0 and not missing, says=said)


def measured_in(says: str) -> tuple[float, float, str] | None:
    """Memory in MiB, CPU milliseconds a request and what was asked, where a boot has printed them."""
    found = _MEASURED.search(says)
    return None if found is None else (float(found[1]), float(found[2]), found[3])


def scaffold_sites(stage: Stage) -> None:
    """The sample site in the place of every site's code, and a Python that needs SHARED_PYTHON in its environment."""
    files = {}
    for site in stage.placed.cluster.sites:
        module = site.code.wsgi.partition(":")[0].replace(".", "/")
        files[f"{site.code.directory}/{module}.py"] = SAMPLE_SITE
        stage.scaffold(f"{site.root}/venv/bin/python", _PYTHON, mode=0o755)
    for path, text in files.items():
        stage.scaffold(path, text)
