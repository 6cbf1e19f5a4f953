"""Starts Celery by the command of its unit, with a queue in memory, and has systemd read the unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topology.components.base import Placed, Stage, Verdict
from topology.components.booting import CHECK_SECONDS
from topology.components.celery.files import app_of, path_of
from topology.components.celery.reader import option_in
from topology.components.celery.settings import BEAT, size
from topology.components.reading import read_unit
from topology.components.units import unit_problem
from topology.design import Site

_APP = 'from celery import Celery\napp = Celery("throw_away", broker="memory://", backend="cache+memory://")\n'
_SCRIPT = r"""
directory=$1 awaited=$2; shift 2
cd "$directory" && export PYTHONPATH="$directory"
"$@" >/run/validate/said 2>&1 &
started=$!
for try in $(seq 600); do
    grep -q "$awaited" /run/validate/said && break
    kill -0 $started 2>/dev/null || break
    sleep 0.1
done
kill -TERM $started 2>/dev/null; wait $started 2>/dev/null
cat /run/validate/said
grep -q "$awaited" /run/validate/said
"""


def check(stage: Stage) -> Verdict:
    """systemd knows every key, Celery starts with the command, and its numbers are the design's."""
    for site in stage.placed.cluster.sites:
        stage.scaffold(f"{site.code.directory}/{app_of(site)}/celery.py", _APP)
        stage.scaffold(f"{site.code.directory}/{app_of(site)}/__init__.py", "")
        stage.scaffold(f"{site.root}/venv/bin/celery", "#!/bin/sh\n", mode=0o755)
    problems = [problem for site in stage.placed.cluster.sites for problem in _check_site(stage, site)]
    if problems:
        return Verdict(accepted=False, says="\n".join(problems))
    return Verdict(accepted=True, says="Celery starts by the command of its unit, and systemd knows every key")


def command_of(stage: Stage, site: Site) -> list[str]:
    """The command of the unit, with the celery of the search path."""
    command = read_unit(stage.read(path_of(stage.placed, site))).get("Service.ExecStart", ("",))[-1].split()
    return ["celery" if word.endswith("/venv/bin/celery") else word for word in command]


def _check_site(stage: Stage, site: Site) -> Iterator[str]:
    command = command_of(stage, site)
    problem = unit_problem(stage, path_of(stage.placed, site))
    if problem:
        yield problem
    differing = list(_differing(stage.placed, site, command))
    if differing:  # as many processes as somebody wrote are better not started here
        yield from differing
        return
    schedule = f"/var/lib/celery-{site.name}/schedule"
    command = ["/run/validate/schedule" if word == schedule else word for word in command]
    awaited = "beat: Starting" if stage.placed.role.name == BEAT else " ready[.]"
    argv = ["sh", "-c", _SCRIPT, "celery", site.code.directory, awaited, *command]
    ran = stage.run(argv, seconds=CHECK_SECONDS, as_root=False)
    if ran.status != 0:
        yield _telling(ran.output) or "Celery did not start by this command"


def _differing(placed: Placed, site: Site, command: list[str]) -> Iterator[str]:
    sized = size(placed)
    expected = {"--app": app_of(site)}
    if placed.role.name != BEAT:
        expected |= {"--concurrency": str(sized["concurrency"]), "--time-limit": str(sized["job_seconds"])}
    for name, value in expected.items():
        if option_in(command, name) != value:
            yield f"{name} is {option_in(command, name)}, not {value}"


def _telling(output: str) -> str:
    return "\n".join(line for line in output.splitlines() if re.match(r"(Error|Usage|Try|\w*Error)\b", line))
