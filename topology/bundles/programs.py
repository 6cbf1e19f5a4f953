"""Which version of a program is installed on this machine."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
import sys
from functools import cache

from topology.bundles.sandbox import find_program
from topology.components import SYSTEMS, Validator


def strangers(system: str) -> str | None:
    """A sentence where the programs of this machine are not those of the system that a plan is for."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    if release.get("ID", "") + release.get("VERSION_ID", "").replace(".", "") == system:
        return None
    here = release.get("PRETTY_NAME") or platform.system()
    return (
        f"the programs that are asked are those of {here}, and the plan is for {SYSTEMS[system]}: its versions may take"
        " or refuse other lines, so export it there as well"
    )


def version_of(validator: Validator) -> str | None:
    """The version of the package that the program found here belongs to; None where that is not known."""
    found = find_program(validator.program)
    if found is None:
        return None
    if found.startswith(f"{sys.prefix}/"):
        return _python_version(validator.program)
    return _debian_version(validator.package)


@cache
def _debian_version(package: str) -> str | None:
    if shutil.which("dpkg-query") is None:
        return None
    asked = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", package],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=30,
    )
    status, _, version = asked.stdout.partition(" ")
    return version if status == "installed" else None


@cache
def _python_version(program: str) -> str | None:
    """A program beside the running Python belongs to the package of its own name, or is Python."""
    if program.startswith("python"):
        return platform.python_version()
    try:
        return importlib.metadata.version(program)
    except importlib.metadata.PackageNotFoundError:
        return None
