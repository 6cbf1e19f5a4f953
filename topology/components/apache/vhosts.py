"""Under which names an Apache is asked for which sites: its virtual hosts, and what their templates print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from topology.components.base import Placed
from topology.components.fronting import folders_of
from topology.design import Site


@dataclass(frozen=True, kw_only=True)
class Vhost:
    """A virtual host: names that lead to the same sites, which then differ by their path."""

    names: tuple[str, ...]
    sites: tuple[Site, ...]
    """The longest path first, so that a site at / does not take those below it."""


def vhosts_of(placed: Placed) -> tuple[Vhost, ...]:
    """The sites of the cluster, a virtual host for each group of names, in the order of the plan."""
    sites_of: dict[str, tuple[Site, ...]] = {}
    for site in placed.cluster.sites:
        for domain in site.domains:
            sites_of[domain] = (*sites_of.get(domain, ()), site)
    names_of: dict[tuple[str, ...], list[str]] = {}
    for domain, sites in sites_of.items():
        names_of.setdefault(tuple(site.name for site in sites), []).append(domain)
    deepest_first = partial(sorted, key=lambda site: -len(site.path))
    return tuple(
        Vhost(names=tuple(names), sites=tuple(deepest_first(sites_of[names[0]]))) for names in names_of.values()
    )


def media_vhosts_of(placed: Placed) -> tuple[Vhost, ...]:
    """The sites by the names of their files."""
    named: dict[str, tuple[Site, ...]] = {}
    for site in placed.cluster.sites:
        named[site.media_domain] = (*named.get(site.media_domain, ()), site)
    return tuple(Vhost(names=(name,), sites=sites) for name, sites in named.items())


def values_of(placed: Placed, site: Site, **own: Any) -> dict[str, Any]:
    """What the template of a virtual host prints of a site; `own` is what only one role has."""
    return {
        "name": site.name,
        "path": site.path,
        "bare": site.path.rstrip("/"),
        "folders": folders_of(site),
        "endings": [],
        "media_domain": site.media_domain if placed.cluster.hosts_offering("media") else "",
        **own,
    }
