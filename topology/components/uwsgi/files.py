"""uWSGI's configuration and its systemd unit, one of each for a site."""

from __future__ import annotations

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.rendering import render, words
from topology.components.serving import unit, unit_name
from topology.components.uwsgi.settings import listening_of, size
from topology.design import Site


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The files of every site."""
    sized = size(placed)
    files = []
    for site, socket, port in listening_of(placed):
        files += [_config(component, placed, site, socket, port), _unit(placed, site, sized)]
    return tuple(files)


def config_path(site: Site) -> str:
    """The file of the site's options."""
    return f"/etc/{site.name}/uwsgi.ini"


def _config(component: Component, placed: Placed, site: Site, socket: str | None, port: int) -> ConfigFile:
    code, sized = site.code, size(placed)
    module, _, name = code.wsgi.partition(":")
    text = render(
        component,
        "uwsgi.ini.j2",
        site=site.name,
        wsgi=f"{module}:{name or 'application'}",
        settings=code.settings,
        directory=code.directory,
        venv=f"{site.root}/venv",
        prefix=site.path.rstrip("/"),
        socket=socket,
        address=placed.host.address,
        port=port,
        health=sizing.HEALTH_PATH,
        s=dict(sized.values),
    )
    reasons = tuple(reason for reason in sized.reasons if reason.setting != "stop_seconds")
    return ConfigFile(path=config_path(site), text=text, unit=unit_name(site), reasons=reasons)


def _unit(placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    return unit(
        placed,
        site,
        program="uWSGI",
        start=words("/usr/bin/uwsgi", "--ini", config_path(site)),
        stop_seconds=sized["stop_seconds"],
        reasons=tuple(reason for reason in sized.reasons if reason.setting == "stop_seconds"),
    )
