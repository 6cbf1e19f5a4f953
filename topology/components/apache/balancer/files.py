"""The files of Apache as a balancer: the whole Apache, the servers behind it, and the unit's drop-in."""

from __future__ import annotations

from typing import Any

from topology import sizing
from topology.components.apache.balancer.members import values_of
from topology.components.apache.balancer.settings import size, workers_of
from topology.components.apache.main import UNIT, main_file, sites_path
from topology.components.apache.units import drop_in
from topology.components.balancing import Backend, file_prefixes, fronts_media, media_of, web_of
from topology.components.base import Component, ConfigFile, Placed
from topology.components.rendering import render

ROLE = "apache_balancer"
SITES = sites_path(ROLE)
MODULES = (
    *("alias", "authz_host", "proxy", "proxy_http", "slotmem_shm", "proxy_balancer", "lbmethod_byrequests"),
    "proxy_hcheck",
)


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Everything that Apache reads on this host."""
    sized = size(placed)
    web = web_of(placed, sized["queue_slots"])
    main = main_file(placed, modules=MODULES, mpm="event", workers=workers_of(sized), sizing=sized)
    text = render(
        component,
        "balancer.conf.j2",
        s=dict(sized.values),
        groups=_groups(placed, web, sized["health_path"]),
        file_prefixes=file_prefixes(placed),
        media_names=media_names(placed),
        upload_bytes=sized["upload_mib"] * 1024 * 1024,
    )
    reasons = tuple(server.room.reason(f"member {server.name} max") for server in web if server.room)
    return (main, ConfigFile(path=SITES, text=text, unit=UNIT, reasons=reasons), drop_in(placed, with_secrets=False))


def media_names(placed: Placed) -> list[str]:
    """Names of files, where the balancer spreads them."""
    return list(dict.fromkeys(site.media_domain for site in placed.cluster.sites)) if fronts_media(placed) else []


def _groups(placed: Placed, web: tuple[Backend, ...], health_path: str) -> list[dict[str, Any]]:
    """Web servers for pages, the same ones for files where they have them, media servers."""
    first = placed.cluster.sites[0]
    host, health = first.domains[0], f"{first.path.rstrip('/')}{health_path}"
    groups = [_group("web", web, host, health)]
    if file_prefixes(placed):
        groups.append(_group("files", web, host, health))
    if fronts_media(placed):
        groups.append(_group("media", media_of(placed), first.media_domain, f"/{sizing.HEALTH_PATH}"))
    return groups


def _group(name: str, members: tuple[Backend, ...], host: str, health: str) -> dict[str, Any]:
    values = [values_of(member) for member in members]
    return {"name": name, "members": values, "host": host, "health": health, "limited": name == "web"}
