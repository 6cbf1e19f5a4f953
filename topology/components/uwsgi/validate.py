"""Lets uWSGI load a throw-away site by its options, and looks itself for what keeps it strict and lets it end."""

from __future__ import annotations

from topology.components.base import Stage, Verdict
from topology.components.serving import unit_name
from topology.components.units import unit_problem
from topology.components.uwsgi.files import config_path
from topology.components.uwsgi.reader import Options, options_of
from topology.components.uwsgi.settings import listening_of
from topology.design import Site

WSGI = "def {name}(environ, start_response):\n    return []\n"
ALWAYS = {
    "strict": "uWSGI passes over names that it does not know",
    "need-app": "uWSGI goes on without a site, and answers 500 to everything",
    "die-on-term": "uWSGI takes SIGTERM for a reload and does not end",
    "master": "nothing starts a process anew that has ended",
    "harakiri": "a request may take as long as it likes",
}
"""Options that uWSGI does without, and what then goes wrong."""
SOMAXCONN = 4096
"""Linux's own default since 5.4: uWSGI does not start where listen is above it."""


def check(stage: Stage) -> Verdict:
    """Every site's options and unit."""
    scaffold(stage, WSGI)
    problems = [problem for site in stage.placed.cluster.sites if (problem := _check_site(stage, site))]
    if problems:
        return Verdict(accepted=False, says="\n".join(problems))
    return Verdict(accepted=True, says="uWSGI loads a site by each file, and systemd accepts the units")


def scaffold(stage: Stage, application: str) -> None:
    """An application in the place of each site's code, and the outside of its virtual environment."""
    files = {}
    for site in stage.placed.cluster.sites:
        module, _, name = site.code.wsgi.partition(":")
        text = application.replace("{name}", name or "application")
        files[f"{site.code.directory}/{module.replace('.', '/')}.py"] = text
        stage.scaffold(f"{site.root}/venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n")
        stage.scaffold(f"{site.root}/venv/bin/python", "#!/bin/sh\n", mode=0o755)
    for path, text in files.items():
        stage.scaffold(path, text)


def _check_site(stage: Stage, site: Site) -> str:
    path = config_path(site)
    ran = stage.run(["uwsgi", "--ini", path, "--no-server"], as_root=False)
    if ran.status != 0:
        return f"uwsgi --no-server: {_said(ran.output)}"
    options = options_of(stage.read(path))
    return (
        _missing(options)
        or _place_differs(stage, site, options)
        or unit_problem(stage, f"/etc/systemd/system/{unit_name(site)}")
    )


def _missing(options: Options) -> str:
    for name, otherwise in ALWAYS.items():
        if options.get(name, ("false",))[-1] in ("false", "0"):
            return f"{name} is not set: {otherwise}"
    listen = int(options.get("listen", ("100",))[-1])
    return f"listen is {listen}, above the kernel's somaxconn of {SOMAXCONN}" if listen > SOMAXCONN else ""


def _place_differs(stage: Stage, site: Site, options: Options) -> str:
    """uWSGI looks at its socket only when it starts in earnest."""
    [(socket, port)] = [(s, p) for each, s, p in listening_of(stage.placed) if each.name == site.name]
    expected = socket or f"{stage.placed.host.address}:{port}"
    found = options.get("socket", ())
    return "" if found == (expected,) else f"it listens on {' and '.join(found)!r}, the design says {expected}"


def _said(output: str) -> str:
    """The lines that say what is wrong: those after the greeting."""
    lines = [line for line in output.strip().splitlines() if line and not line.startswith(("***", "Traceback"))]
    return "; ".join(lines[-3:])
