"""flup's files: the launcher once a host, options and a systemd unit for each site."""

from __future__ import annotations

from pathlib import Path

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.flup.listening import places_of
from topology.components.flup.settings import size
from topology.components.rendering import render, words
from topology.components.serving import NOTIFYING, clients, unit
from topology.design import Site
from topology.errors import Place, TierwrightError

LAUNCHER = "/usr/local/lib/tierwright/runfcgi.py"
LAUNCHER_TEXT = Path(__file__).with_name("runfcgi.py.txt").read_text(encoding="utf-8")
LONGEST_USER = 31
"""Characters of a user's name, as useradd takes it."""
IN_UNIT = ("stop_seconds", "daemonize", "own_user")


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The files of every site; raises TierwrightError where a site cannot have a user of its own."""
    sized = size(placed)
    files = [ConfigFile(path=LAUNCHER, text=LAUNCHER_TEXT, mode=0o755, action="none")]
    for site, socket, port in places_of(placed):
        files += [_options(component, placed, site, socket, port), _unit(placed, site, sized)]
    return tuple(files)


def unit_name(site: Site) -> str:
    """Name of the site's systemd unit."""
    return f"fcgi-{site.name}.service"


def options_path(site: Site) -> str:
    """The file of the site's options."""
    return f"/etc/{site.name}/fcgi.ini"


def user_of(placed: Placed, site: Site) -> str:
    """Who the site runs as; raises TierwrightError where a user of its own cannot be."""
    if not size(placed)["own_user"]:
        return "www-data"
    user = f"site-{site.name}"
    files = [edge for edge in placed.cluster.edges_from(placed, "pool", "sql") if edge.endpoint.socket]
    problem = "its database is a file of www-data's; give it a database server" if files else ""
    if len(user) > LONGEST_USER:
        problem = f"{user} is longer than {LONGEST_USER} characters; give the site a shorter name"
    if problem:
        raise TierwrightError(
            f"{site.name} cannot have a user of its own: {problem}, or leave own_user out",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return user


def _options(component: Component, placed: Placed, site: Site, socket: str | None, port: int) -> ConfigFile:
    code, sized = site.code, size(placed)
    text = render(
        component,
        "fcgi.ini.j2",
        site=site.name,
        socket=socket,
        host=placed.host.address,
        port=port,
        clients=clients(placed),
        wsgi=code.wsgi,
        settings=code.settings,
        directory=code.directory,
        path=site.path,
        health_path=sizing.HEALTH_PATH,
        daemonize=sized["daemonize"],
        s={name: value for name, value in sized.values.items() if not isinstance(value, bool)},
    )
    reasons = tuple(reason for reason in sized.reasons if reason.setting not in IN_UNIT)
    return ConfigFile(path=options_path(site), text=text, unit=unit_name(site), reasons=reasons)


def _unit(placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    daemon = (("Type", "forking"), ("PIDFile", f"/run/{site.name}/fcgi.pid"))
    return unit(
        placed,
        site,
        program="flup",
        name=unit_name(site),
        kind=daemon if sized["daemonize"] else NOTIFYING,
        start=words(f"{site.root}/venv/bin/python", LAUNCHER, options_path(site)),
        user=user_of(placed, site),
        stop_seconds=sized["stop_seconds"],
        reasons=tuple(reason for reason in sized.reasons if reason.setting in IN_UNIT),
    )
