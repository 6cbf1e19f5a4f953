"""The files of Apache as a media server."""

from __future__ import annotations

from topology import sizing
from topology.components.apache.checking import UNKNOWN
from topology.components.apache.main import UNIT, main_file, sites_path
from topology.components.apache.media.settings import size, workers_of
from topology.components.apache.units import drop_in
from topology.components.apache.vhosts import media_vhosts_of
from topology.components.base import Component, ConfigFile, Placed
from topology.components.fronting import folders_of
from topology.components.rendering import render

ROLE = "apache_media"
SITES = sites_path(ROLE)
MODULES = ("alias", "expires", "filter", "deflate")


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """The main file, the files of every site under its media name, and the unit's drop-in."""
    sized = size(placed)
    main = main_file(placed, modules=MODULES, mpm="event", workers=workers_of(sized), sizing=sized)
    text = render(
        component,
        "media.conf.j2",
        unknown=UNKNOWN,
        health=sizing.HEALTH_PATH,
        s=dict(sized.values),
        vhosts=[
            {"names": list(vhost.names), "folders": [folder for site in vhost.sites for folder in folders_of(site)]}
            for vhost in media_vhosts_of(placed)
        ],
    )
    site_file = ConfigFile(path=SITES, text=text, unit=UNIT)
    return (main, site_file, drop_in(placed, with_secrets=False))
