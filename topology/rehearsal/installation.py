"""What stands on a host before its bundle comes: what packages make when they are installed, and the site's code."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from topology.components import Cluster, ConfigFile
from topology.design import Site
from topology.errors import TierwrightError
from topology.rehearsal.hosts import PACKAGES, Host

PROJECT = Path(__file__).with_name("project")
DIRECT = "rehearsal_migration"
DEBIAN_PYTHON = "/usr/bin/python3"
_MADE_BY_PACKAGES = (
    (re.compile(r"postgresql@(\d+)-([\w-]+)\.service"), "pg_createcluster {0} {1}"),
    (re.compile(r"(?:mariadb|mysql)\.service"), "mariadb-install-db --user=mysql --datadir=/var/lib/mysql >/dev/null"),
)
"""Units, and the line by which their package makes an empty data directory."""
_SCRIPT = """import sys
from {module} import {name}
if __name__ == "__main__":
    sys.argv[0] = {script!r}
    sys.exit({call}())
"""


def make_data(host: Host, unit: str) -> None:
    """Make the empty data directory of a database by its package's own tool."""
    for pattern, line in _MADE_BY_PACKAGES:
        found = pattern.fullmatch(unit)
        if found:
            made = host.run(["/bin/sh", "-c", line.format(*found.groups())])
            if made.status:
                raise TierwrightError(f"{host.name}: {line.format(*found.groups())}: {made.output.strip()}")


def make_venv(host: Host, folder: str) -> None:
    """A virtual environment of Debian's Python whose packages are those of the running one."""
    version = host.run([DEBIAN_PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).output.strip()
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version != running:
        raise TierwrightError(
            f"the site would run on Python {version} of this system, and its packages here are those of {running};"
            f" start the rehearsal by a Python {version}"
        )
    place = f"{folder}/lib/python{version}/site-packages"
    lines = [f"{DEBIAN_PYTHON} -m venv --without-pip {folder}", f"mount --bind {PACKAGES} {place}"]
    made = host.run(["/bin/sh", "-ec", "\n".join(lines)])
    if made.status:
        raise TierwrightError(f"{host.name}: no virtual environment: {made.output.strip()}")
    host.lay(scripts(folder))


def scripts(folder: str) -> tuple[ConfigFile, ...]:
    """The commands that the packages bring, as pip would write them for this environment."""
    return tuple(
        ConfigFile(path=f"{folder}/bin/{name}", text=f"#!{folder}/bin/python3\n{text}", mode=0o755)
        for name, text in _commands().items()
    )


def _commands() -> Mapping[str, str]:
    found = {}
    for each in metadata.entry_points(group="console_scripts"):
        module, _, call = each.value.partition(":")
        call = call.partition("[")[0].strip()
        script = _SCRIPT.format(module=module, name=call.partition(".")[0], script=each.name, call=call)
        found[each.name] = script
    return found


def project_files(site: Site) -> tuple[ConfigFile, ...]:
    """The code of a real Django project for a site, at the places and under the names that the plan says."""
    package, _, _ = site.code.wsgi.rpartition(".")
    settings = site.code.settings.replace(".", "/") + ".py"
    wsgi, wsgi_name = _module(site.code.wsgi)
    asgi, asgi_name = _module(site.code.asgi or f"{package}.asgi")
    names = {"@PACKAGE@": package, "@SETTINGS@": site.code.settings, "@WSGI@": wsgi_name, "@ASGI@": asgi_name}
    places = {"settings.py.txt": settings, "manage.py.txt": "manage.py", "wsgi.py.txt": wsgi, "asgi.py.txt": asgi}
    files = []
    for source in sorted(PROJECT.rglob("*.txt")):
        inner = source.relative_to(PROJECT).as_posix()
        place = places.get(inner) or f"{package.replace('.', '/')}/{inner.removesuffix('.txt')}"
        text = source.read_text(encoding="utf-8")
        for mark, name in names.items():
            text = text.replace(mark, name)
        files.append(ConfigFile(path=f"{site.code.directory}/{place}", text=text))
    return tuple(files)


def _module(written: str) -> tuple[str, str]:
    """File and name of an application that the plan writes as mysite.wsgi or mysite.entry:app."""
    module, _, name = written.partition(":")
    return module.replace(".", "/") + ".py", name or "application"


def direct_settings(site: Site, primary: tuple[str, int] | None, password: str) -> ConfigFile:
    """Settings for the first migration: straight to the primary, since replicas behind a pool have no tables yet."""
    lines = [f"from {site.code.settings} import *"]
    if primary:
        host, port = primary
        changed = {"HOST": host, "PORT": str(port), "PASSWORD": password}
        lines.append(f"DATABASES['default'] |= {changed!r}")
    return ConfigFile(path=f"{site.code.directory}/{DIRECT}.py", text="\n".join(lines) + "\n", mode=0o600)


def manage(host: Host, site: Site, *words: str) -> str:
    """Run a command of the site's manage.py as root, as the settings file of the bundle says."""
    env = f"PYTHONPATH=/etc/{site.name}"
    line = shlex.join(["env", env, f"{site.root}/venv/bin/python3", "manage.py", *words])
    ran = host.run(["/bin/sh", "-c", f"cd {site.code.directory} && {line}"], seconds=120)
    if ran.status:
        raise TierwrightError(f"{host.name}: manage.py {words[0]}: {ran.output.strip()[-2000:]}")
    return ran.output


def has_app(cluster: Cluster, host: str) -> bool:
    """Whether a host runs the site's code."""
    return any(host == each.name for each in cluster.hosts_offering("app"))
