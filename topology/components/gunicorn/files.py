"""gunicorn's configuration and its systemd unit, one of each for a site."""

from __future__ import annotations

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.gunicorn.settings import listening_of, size
from topology.components.rendering import render, words
from topology.components.serving import clients, unit, unit_name
from topology.design import Site


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The files of every site."""
    sized = size(placed)
    files = []
    for site, socket, port in listening_of(placed):
        bind = f"unix:{socket}" if socket else f"{placed.host.address}:{port}"
        files += [_config(component, placed, site, sized, bind), _unit(placed, site, sized)]
    return tuple(files)


def _config(component: Component, placed: Placed, site: Site, sized: Sizing, bind: str) -> ConfigFile:
    code = site.code
    text = render(
        component,
        "gunicorn.conf.py.j2",
        site=site.name,
        wsgi=code.wsgi,
        settings=code.settings,
        directory=code.directory,
        prefix=site.path.rstrip("/"),
        bind=bind,
        worker_class="gthread" if sized["threads"] > 1 else "sync",
        health_path=sizing.HEALTH_PATH,
        trusted=clients(placed),
        **{name: sized[name] for name in ("workers", "threads", "max_requests", "timeout", "graceful_timeout")},
    )
    return ConfigFile(path=f"/etc/{site.name}/gunicorn.conf.py", text=text, unit=unit_name(site), reasons=sized.reasons)


def _unit(placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    return unit(
        placed,
        site,
        program="gunicorn",
        start=words(f"{site.root}/venv/bin/gunicorn", "--config", f"/etc/{site.name}/gunicorn.conf.py"),
        stop_seconds=sized["stop_seconds"],
        reasons=tuple(reason for reason in sized.reasons if reason.setting == "stop_seconds"),
    )
