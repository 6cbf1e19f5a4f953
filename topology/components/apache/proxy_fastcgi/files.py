"""The files of Apache before FastCGI: the whole Apache, the sites, and the unit's drop-in."""

from __future__ import annotations

from typing import Any

from topology.components.apache.checking import UNKNOWN
from topology.components.apache.main import UNIT, main_file, sites_path
from topology.components.apache.proxy_fastcgi.backends import backends_of
from topology.components.apache.proxy_fastcgi.settings import size, workers_of
from topology.components.apache.units import drop_in
from topology.components.apache.vhosts import values_of, vhosts_of
from topology.components.base import Component, ConfigFile, Placed
from topology.components.rendering import render
from topology.design import Site

ROLE = "apache_fastcgi"
SITES = sites_path(ROLE)
MODULES = ("alias", "expires", "proxy", "proxy_fcgi")
FOR_SEVERAL = ("slotmem_shm", "proxy_balancer", "lbmethod_byrequests")


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Everything that Apache reads on this host; raises TierwrightError where no application speaks FastCGI."""
    sized = size(placed)
    pools = [pool for site in placed.cluster.sites if len((pool := _pool(placed, site))["members"]) > 1]
    modules = (*MODULES, *(FOR_SEVERAL if pools else ()))
    main = main_file(placed, modules=modules, mpm="event", workers=workers_of(sized), sizing=sized)
    text = render(
        component,
        "proxy_fastcgi.conf.j2",
        unknown=UNKNOWN,
        s=dict(sized.values),
        pools=pools,
        upload_bytes=sized["upload_mib"] * 1024 * 1024,
        vhosts=[
            {"names": list(vhost.names), "sites": [_site(placed, site) for site in vhost.sites]}
            for vhost in vhosts_of(placed)
        ],
    )
    return (main, ConfigFile(path=SITES, text=text, unit=UNIT), drop_in(placed, with_secrets=False))


def _pool(placed: Placed, site: Site) -> dict[str, Any]:
    return {"name": site.name, "members": [backend.values() for backend in backends_of(placed, site)]}


def _site(placed: Placed, site: Site) -> dict[str, Any]:
    members = _pool(placed, site)["members"]
    return values_of(placed, site, alone=members[0] if len(members) == 1 else None)
