"""Lets uvicorn read its options and enter a throw-away site, and holds where it listens against the design."""

from __future__ import annotations

import shlex

from topology.components.base import Stage, Verdict
from topology.components.reading import read_unit
from topology.components.serving import unit_name
from topology.components.units import unit_problem
from topology.components.uvicorn.files import asgi_of
from topology.components.uvicorn.reader import options_of
from topology.components.uvicorn.settings import listening_of
from topology.design import Site

_ASGI = "async def {name}(scope, receive, send):\n    raise NotImplementedError\n"
_ENTER = """
import logging, sys
logging.disable()
import click
from uvicorn.config import Config
from uvicorn.main import main
try:
    given = main.make_context("uvicorn", sys.argv[1:]).params
    sys.path.insert(0, given["app_dir"])
    Config(given["app"], lifespan=given["lifespan"]).load()
except click.ClickException as error:
    sys.exit(error.format_message())
except BaseException as error:
    sys.exit(f"the site cannot be entered: {type(error).__name__}: {error}")
"""


def check(stage: Stage) -> Verdict:
    """Every site's entry and unit."""
    scaffold(stage, _ASGI)
    problems = [problem for site in stage.placed.cluster.sites if (problem := _check_site(stage, site))]
    if problems:
        return Verdict(accepted=False, says="\n".join(problems))
    return Verdict(accepted=True, says="uvicorn knows every option and enters the sites; systemd accepts the units")


def scaffold(stage: Stage, application: str) -> None:
    """An application in the place of each site's ASGI module; two sites may share a directory."""
    files = {}
    for site in stage.placed.cluster.sites:
        module, name = asgi_of(stage.placed, site)
        files[f"{site.code.directory}/{module.replace('.', '/')}.py"] = application.replace("{name}", name)
        stage.scaffold(f"{site.root}/venv/bin/uvicorn", "#!/bin/sh\n", mode=0o755)
    for path, text in files.items():
        stage.scaffold(path, text)


def command_of(stage: Stage, site: Site) -> str:
    """The command line of the site's unit, empty where it has none."""
    unit = read_unit(stage.read(f"/etc/systemd/system/{unit_name(site)}"))
    return unit.get("Service.ExecStart", ("",))[-1]


def _check_site(stage: Stage, site: Site) -> str:
    problem = unit_problem(stage, f"/etc/systemd/system/{unit_name(site)}")
    if problem:
        return problem
    program, *arguments = shlex.split(command_of(stage, site))
    if program != f"{site.root}/venv/bin/uvicorn":
        return f"{unit_name(site)} starts {program}"
    entered = stage.run(["python3", "-c", _ENTER, *arguments], as_root=False)
    if entered.status != 0:
        return f"uvicorn: {entered.output.strip().splitlines()[-1]}"
    return _place_differs(stage, site)


def _place_differs(stage: Stage, site: Site) -> str:
    [(socket, port)] = [(s, p) for each, s, p in listening_of(stage.placed) if each.name == site.name]
    options = options_of(read_unit(stage.read(f"/etc/systemd/system/{unit_name(site)}")))
    expected = socket or f"{stage.placed.host.address}:{port}"
    found = options.get("uds") or f"{options.get('host', '127.0.0.1')}:{options.get('port', '8000')}"
    return "" if found == expected else f"it listens on {found}, the design says {expected}"
