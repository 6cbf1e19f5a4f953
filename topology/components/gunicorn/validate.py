"""Lets gunicorn and systemd check their files, and looks itself for what both let pass: unknown settings and keys."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.serving import unit_name
from topology.components.units import unit_problem
from topology.design import Site

_WSGI = """def {name}(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"a throw-away site"]
"""
_PASSED_OVER = """
import runpy, sys
from gunicorn.config import Config
config = Config()
for name, value in runpy.run_path(sys.argv[1]).items():
    if name.startswith("__"):
        continue
    if name not in config.settings:
        sys.exit(f"{name} is no setting of gunicorn, which passes over it")
    config.set(name, value)
try:
    config.worker_class
except Exception as error:
    sys.exit(f"worker_class: {str(error).splitlines()[0]}")
"""


def check(stage: Stage) -> Verdict:
    """Every site's configuration and unit."""
    _scaffold(stage)
    refusals = [refusal for site in stage.placed.cluster.sites if (refusal := _check_site(stage, site))]
    if refusals:
        return Verdict(accepted=False, says="\n".join(refusals))
    return Verdict(accepted=True, says="gunicorn and systemd accept them, and know every setting")


def _scaffold(stage: Stage) -> None:
    """A throw-away application in the place of each site's code; two sites may share a directory."""
    files = {}
    for site in stage.placed.cluster.sites:
        module, _, name = site.code.wsgi.partition(":")
        files[f"{site.code.directory}/{module.replace('.', '/')}.py"] = _WSGI.format(name=name or "application")
        stage.scaffold(f"{site.root}/venv/bin/gunicorn", "#!/bin/sh\n", mode=0o755)
    for path, text in files.items():
        stage.scaffold(path, text)


def _check_site(stage: Stage, site: Site) -> str:
    config = f"/etc/{site.name}/gunicorn.conf.py"
    checked = stage.run(["gunicorn", "--check-config", "--config", config], as_root=False)
    if checked.status != 0:
        return f"gunicorn --check-config: {_said(checked.output)}"
    passed_over = stage.run(["python3", "-c", _PASSED_OVER, config], as_root=False)
    if passed_over.status != 0:
        return _said(passed_over.output)
    return unit_problem(stage, f"/etc/systemd/system/{unit_name(site)}")


def _said(output: str) -> str:
    """What Python says, without the lines of a traceback."""
    lines = [line for line in output.strip().splitlines() if line[:1].strip() and not line.startswith("Traceback")]
    return "\n".join(lines[-3:])
