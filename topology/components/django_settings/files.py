"""tierwright_settings.py of a site."""

from __future__ import annotations

from topology.components.base import Component, ConfigFile, Fact, Placed, Reason
from topology.components.django_settings.settings import size
from topology.components.django_settings.stores import caches_of, database_of
from topology.components.rendering import joined, render
from topology.design import Site


def file_of(component: Component, placed: Placed, site: Site) -> ConfigFile:
    """The file; raises TierwrightError where the plan has no database, or no cache that several servers share."""
    sized, caches = size(placed), caches_of(placed)
    database = database_of(placed, site)
    text = render(
        component,
        "tierwright_settings.py.j2",
        site=site.name,
        file=database["file"],
        database=None if database["file"] else _address(database),
        pooled=database["pooled"],
        caches=caches,
        domains=list(site.domains),
        root=site.root,
        files_url=_files_url(placed, site),
        path=site.path,
        cookies=site.database if site.path != "/" and _shares_domain(placed, site) else None,
        **sized.values,
    )
    reasons = (*sized.reasons, _reason("DATABASES", _shown(database), "the pool of the plan, else its database"))
    if caches:
        reasons += (_reason("CACHES", len(caches), "every cache server of the plan, in its order"),)
    return ConfigFile(
        path=f"/etc/{site.name}/tierwright_settings.py", text=text, unit=f"app-{site.name}.service", reasons=reasons
    )


def _address(database: dict[str, object]) -> dict[str, object]:
    hosts, ports = database["host"], database["port"]
    assert isinstance(hosts, list)
    assert isinstance(ports, list)
    return {"name": database["name"], "host": joined(*hosts), "port": joined(*ports)}


def _shown(database: dict[str, object]) -> str:
    if database["file"]:
        return str(database["file"])
    address = _address(database)
    return f"{address['host']}:{address['port']}"


def _reason(setting: str, value: Fact, formula: str) -> Reason:
    return Reason(setting=setting, value=value, formula=formula)


def _files_url(placed: Placed, site: Site) -> str:
    """Where browsers find the files: on the site's own name, or on that of its media servers."""
    return f"//{site.media_domain}{site.path}" if placed.cluster.hosts_offering("media") else site.path


def _shares_domain(placed: Placed, site: Site) -> bool:
    """A site below another's path would be sent the other's cookies, under the names that Django gives its own."""
    others = (other for other in placed.cluster.sites if other.name != site.name)
    return any(set(other.domains) & set(site.domains) for other in others)
