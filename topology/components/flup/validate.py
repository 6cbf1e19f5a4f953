"""Lets the launcher read its options with a site in its place, and systemd its units."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.flup.files import LAUNCHER, options_path, unit_name, user_of
from topology.components.reading import read_unit
from topology.components.units import unit_problem
from topology.design import Site

_WSGI = "def {name}(environ, start_response):\n    return []\n"


def check(stage: Stage) -> Verdict:
    """Every site's options and unit."""
    _scaffold(stage)
    refusals = [refusal for site in stage.placed.cluster.sites if (refusal := _check_site(stage, site))]
    if refusals:
        return Verdict(accepted=False, says="\n".join(refusals))
    return Verdict(accepted=True, says="the launcher and systemd accept them, and know every option")


def _scaffold(stage: Stage) -> None:
    """A throw-away application in the place of each site's code; two sites may share a directory."""
    files = {}
    for site in stage.placed.cluster.sites:
        module, _, name = site.code.wsgi.partition(":")
        files[f"{site.code.directory}/{module.replace('.', '/')}.py"] = _WSGI.format(name=name or "application")
        stage.scaffold(f"{site.root}/venv/bin/python", "#!/bin/sh\n", mode=0o755)
    for path, text in files.items():
        stage.scaffold(path, text)


def _check_site(stage: Stage, site: Site) -> str:
    ran = stage.run(["python3", LAUNCHER, "--check", options_path(site)], as_root=False)
    if ran.status != 0:
        return ran.output.strip().splitlines()[-1]
    return _check_unit(stage, site)


def _check_unit(stage: Stage, site: Site) -> str:
    unit = unit_name(site)
    path = f"/etc/systemd/system/{unit}"
    problem = unit_problem(stage, path)
    if problem:
        return problem
    said = read_unit(stage.read(path))
    started, user = said.get("Service.ExecStart", ()), said.get("Service.User", ())
    expected = f"{site.root}/venv/bin/python {LAUNCHER} {options_path(site)}"
    if started == (expected,) and user == (user_of(stage.placed, site),):
        return ""
    return f"{unit} starts {' '.join(started)!r} as {' '.join(user)!r}; the design says {expected!r}"
