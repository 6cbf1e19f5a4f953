"""Lets Django check the settings in a minimal project with throw-away secrets, and looks for what it passes over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from topology.components.base import Stage, Verdict
from topology.components.django_settings.files import secrets_of
from topology.design import Site

PROJECT = Path(__file__).parent / "project"
_ASK = """
import sys, django
django.setup()
from django.test import Client
answer = Client().get("/", headers={"host": sys.argv[1]})
print(f"GET /: {answer.status_code} {answer.content.decode()}")
"""
KEY = "throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH"


def check(stage: Stage) -> Verdict:
    """`check --deploy` of every site must find no error; its warnings are in the verdict."""
    _scaffold(stage)
    verdicts = [_check_site(stage, site) for site in stage.placed.cluster.sites]
    return Verdict(
        accepted=all(verdict.accepted for verdict in verdicts), says="\n".join(verdict.says for verdict in verdicts)
    )


def _scaffold(stage: Stage) -> None:
    files = dict(pair for site in stage.placed.cluster.sites for pair in _throw_away(stage, site))
    for path, text in files.items():
        stage.scaffold(path, text)


def _throw_away(stage: Stage, site: Site) -> Iterator[tuple[str, str]]:
    """A minimal project in the place of the site's code, and secrets; two sites may share a directory."""
    folder = site.code.directory
    settings = site.code.settings.partition(":")[0].replace(".", "/")
    for path, name in (
        (f"{settings}.py", "settings"),
        ("throw_away_urls.py", "urls"),
        ("throw_away_manage.py", "manage"),
        ("throw_away_names.py", "names"),
    ):
        yield f"{folder}/{path}", (PROJECT / f"{name}.py.txt").read_text(encoding="utf-8")
    for name in secrets_of(stage.placed, site):
        yield f"/etc/{site.name}/secrets/{name}", KEY if name == "secret_key" else "throw-away"


def _check_site(stage: Stage, site: Site) -> Verdict:
    names = _python(stage, site, "throw_away_names.py")
    if names:
        return Verdict(accepted=False, says=f"{site.name}: {names}")
    checked = stage.run(
        [*_environment(site), "throw_away_manage.py", "check", "--deploy", "--fail-level", "ERROR"],
        as_root=False,
        directory=site.code.directory,
    )
    if checked.status != 0:
        return Verdict(accepted=False, says=f"{site.name}: {_tail(checked.output)}")
    warnings = sorted(set(re.findall(r"\((security\.W\d+)\)", checked.output)))  # Django finds them in any order
    return Verdict(
        accepted=True, says=f"{site.name}: check --deploy finds no error; warnings: {', '.join(warnings) or 'none'}"
    )


def _python(stage: Stage, site: Site, script: str) -> str:
    ran = stage.run([*_environment(site), script], as_root=False, directory=site.code.directory)
    return _tail(ran.output) or "Python failed" if ran.status != 0 else ""


def _environment(site: Site) -> list[str]:
    module = site.code.settings.partition(":")[0]
    return ["env", f"PYTHONPATH=/etc/{site.name}", f"DJANGO_SETTINGS_MODULE={module}", "python3"]


def _tail(output: str) -> str:
    """What Python and Django say was wrong, without warnings and the lines of a traceback."""
    noise = ("Traceback", "The above", "During handling", "WARNINGS", "System check", "SystemCheckError")
    lines = [line for line in output.splitlines() if line[:1].strip() and not line.startswith(noise)]
    return "\n".join([line for line in lines if "(security.W" not in line][-3:])


def boot(stage: Stage) -> Verdict:
    """Django with the first site's settings, asked for a page under the site's own name."""
    _scaffold(stage)
    site = stage.placed.cluster.sites[0]
    argv = [*_environment(site), "-c", _ASK, site.domains[0]]
    ran = stage.run(argv, directory=site.code.directory)
    return Verdict(accepted=ran.output.strip() == "GET /: 200 a throw-away site", says=_tail(ran.output))
