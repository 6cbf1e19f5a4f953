"""uvicorn's files: the module by which it enters a site, and a systemd unit with its options, for each site."""

from __future__ import annotations

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.rendering import fixed, joined, render, words
from topology.components.serving import RELOAD, unit, unit_name
from topology.components.uvicorn.settings import listening_of, size
from topology.design import Site
from topology.errors import Place, TierwrightError

IN_ENTRY = ("concurrency", "request_seconds", "slots")
"""Settings of the entry; the others are options in the unit."""


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The files of every site; raises TierwrightError where a site's ASGI module cannot be told."""
    sized = size(placed)
    files = []
    for site, socket, port in listening_of(placed):
        bind = ("--uds", socket) if socket else ("--host", placed.host.address, "--port", port)
        files += [_entry(component, placed, site, sized), _unit(placed, site, sized, bind)]
    return tuple(files)


def asgi_of(placed: Placed, site: Site) -> tuple[str, str]:
    """Module and name of a site's ASGI application; raises TierwrightError where nothing tells it."""
    module, _, name = (site.code.asgi or "").partition(":")
    if module:
        return module, name or "application"
    package, _, last = site.code.wsgi.partition(":")[0].rpartition(".")
    if last != "wsgi":
        raise TierwrightError(
            f"uvicorn needs the ASGI module of {site.name}, which does not follow from {site.code.wsgi}; write"
            " asgi into the site's app, such as mysite.asgi",
            place=Place(path=f"site {site.name} app"),
        )
    return f"{package}.asgi".lstrip("."), "application"


def entry_path(site: Site) -> str:
    """The module by which uvicorn enters the site."""
    return f"/etc/{site.name}/asgi_entry.py"


def _entry(component: Component, placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    module, name = asgi_of(placed, site)
    text = render(
        component,
        "asgi_entry.py.j2",
        site=site.name,
        module=module,
        name=name,
        settings=site.code.settings,
        directory=site.code.directory,
        prefix=site.path.rstrip("/"),
        health=sizing.HEALTH_PATH,
        s=dict(sized.values),
    )
    reasons = tuple(reason for reason in sized.reasons if reason.setting in IN_ENTRY)
    return ConfigFile(path=entry_path(site), text=text, unit=unit_name(site), reasons=reasons)


def _trusted(placed: Placed, site: Site) -> str:
    """The web servers that pass requests on; on a socket, which they alone may open, there are no addresses."""
    edges = [e for e in placed.cluster.edges_to(placed.host.name, "app") if e.endpoint.site == site.name]
    if any(edge.endpoint.socket for edge in edges):
        return "*"
    addresses = dict.fromkeys(placed.cluster.host(edge.client).address for edge in edges)
    return joined(*addresses) if addresses else "127.0.0.1"


def _unit(placed: Placed, site: Site, sized: Sizing, bind: tuple[str | int, ...]) -> ConfigFile:
    return unit(
        placed,
        site,
        program="uvicorn",
        kind=[("Type", "exec")],
        start=_command(placed, site, sized, bind),
        reload=_reload(sized),
        stop_seconds=sized["stop_seconds"],
        reasons=tuple(reason for reason in sized.reasons if reason.setting not in IN_ENTRY),
    )


def _command(placed: Placed, site: Site, sized: Sizing, bind: tuple[str | int, ...]) -> str:
    """uvicorn has no file of options: they are given to it here."""
    return words(
        f"{site.root}/venv/bin/uvicorn",
        "asgi_entry:application",
        *("--app-dir", f"/etc/{site.name}"),
        *bind,
        *("--workers", sized["processes"]),
        *("--backlog", sized["backlog"]),
        *("--lifespan", "off"),
        *("--forwarded-allow-ips", _trusted(placed, site)),
        *("--timeout-graceful-shutdown", sized["graceful"]),
        *("--timeout-worker-healthcheck", sized["silence"]),
        "--no-access-log",
        "--no-server-header",
    )


def _reload(sized: Sizing) -> str:
    """A process alone has nobody who would start the next one: it ends, and systemd starts it anew."""
    if sized["processes"] == 1:
        return fixed("/bin/kill -s TERM $MAINPID")
    return RELOAD
