"""The main file of lighttpd, one whole lighttpd.conf for a role, and what is added to its unit."""

from __future__ import annotations

from typing import Any

from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.cluster import PUBLIC
from topology.components.rendering import render, sections, words
from topology.design import Site

UNIT = "lighttpd.service"
MAIN = "/etc/lighttpd/lighttpd.conf"
DROP_IN = f"/etc/systemd/system/{UNIT}.d/tierwright.conf"


def files_with(
    component: Component, placed: Placed, sized: Sizing, template: str, **values: Any
) -> tuple[ConfigFile, ...]:
    """lighttpd.conf from the template of a role, and the unit's drop-in."""
    text = render(component, template, balancers=balancers_of(placed), s=dict(sized.values), **values)
    main = ConfigFile(path=MAIN, text=text, unit=UNIT, reasons=sized.reasons)
    return (main, _drop_in(placed, sized))


def _drop_in(placed: Placed, sized: Sizing) -> ConfigFile:
    """lighttpd ends its requests first on SIGINT only; SIGTERM, which systemd sends, cuts them off."""
    mounted = [
        ("RequiresMountsFor", words(f"{site.root}/media", f"{site.root}/static")) for site in placed.cluster.sites
    ]
    service: list[tuple[str, int | str]] = [
        ("KillSignal", "SIGINT"),
        ("TimeoutStopSec", sized["stop_seconds"]),
        ("LimitNOFILE", sized["max_fds"]),
    ]
    text = sections([("Unit", mounted), ("Service", service)])
    return ConfigFile(path=DROP_IN, text=text, action="restart", unit=UNIT)


def balancers_of(placed: Placed) -> list[str]:
    """Who stands before this server: the previous hop, and nobody else."""
    edges = [e for e in placed.cluster.edges_to(placed.host.name) if e.server_role == placed.role.name]
    clients = dict.fromkeys(edge.client for edge in edges if edge.client != PUBLIC and edge.endpoint.carries)
    return [placed.cluster.host(name).address for name in clients]


def folders_of(site: Site) -> list[dict[str, str]]:
    """The same prefixes as STATIC_URL and MEDIA_URL in the site's settings."""
    return [{"url": f"{site.path}{name}/", "directory": f"{site.root}/{name}/"} for name in ("static", "media")]
