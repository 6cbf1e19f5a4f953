"""The files of mod_wsgi: the whole Apache, the sites with their daemons, and for each site a script that enters it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from topology import sizing
from topology.components.apache.checking import UNKNOWN
from topology.components.apache.main import UNIT, USER, main_file, sites_path
from topology.components.apache.mod_wsgi.settings import size, workers_of
from topology.components.apache.python import LIBRARY, entry_of
from topology.components.apache.units import drop_in
from topology.components.apache.vhosts import values_of, vhosts_of
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.rendering import render
from topology.design import Site

ROLE = "mod_wsgi"
SITES = sites_path(ROLE)
MODULES = ("alias", "expires", "wsgi")


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Everything that Apache reads on this host."""
    sized = size(placed)
    main = main_file(placed, modules=MODULES, mpm="event", workers=workers_of(sized), sizing=sized)
    sites = ConfigFile(path=SITES, text=_sites(component, placed, sized), action="restart", unit=UNIT)
    entries = (_entry(component, placed, site) for site in placed.cluster.sites)
    return (main, sites, *entries, drop_in(placed, with_secrets=True))


def script_of(site: Site) -> str:
    """The script that enters a site."""
    return f"{LIBRARY}/{site.name}.wsgi"


def mount_of(site: Site) -> str:
    """Where a script is mounted: the site's path without the slash at its end."""
    return site.path.rstrip("/") or "/"


def _sites(component: Component, placed: Placed, sized: Sizing) -> str:
    return render(
        component,
        "mod_wsgi.conf.j2",
        library=LIBRARY,
        unknown=UNKNOWN,
        user=USER,
        s=dict(sized.values),
        daemons=[
            {"site": site.name, "home": f"{site.root}/venv", "paths": entry_of(placed, site)["paths"]}
            for site in placed.cluster.sites
        ],
        vhosts=list(_vhosts(placed)),
    )


def _vhosts(placed: Placed) -> Iterator[dict[str, Any]]:
    """Deepest last, as the shared template of the folders wants it."""
    for vhost in vhosts_of(placed):
        sites = [
            values_of(placed, site, mount=mount_of(site), script=script_of(site)) for site in reversed(vhost.sites)
        ]
        yield {"names": list(vhost.names), "sites": sites}


def _entry(component: Component, placed: Placed, site: Site) -> ConfigFile:
    text = render(component, "entry.wsgi.j2", path=sizing.HEALTH_PATH, **entry_of(placed, site))
    return ConfigFile(path=script_of(site), text=text, action="restart", unit=UNIT)
