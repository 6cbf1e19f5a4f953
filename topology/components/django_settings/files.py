"""tierwright_settings.py of a site."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import Component, ConfigFile, Fact, Placed, Reason
from topology.components.django_settings.settings import size
from topology.components.django_settings.stores import (
    Cache,
    Database,
    broker_of,
    bucket_of,
    cache_of,
    database_of,
    external_of,
    runners,
)
from topology.components.rendering import joined, render
from topology.design import Site


def path_of(site: Site) -> str:
    """Where the file of a site is."""
    return f"/etc/{site.name}/tierwright_settings.py"


def file_of(component: Component, placed: Placed, site: Site) -> ConfigFile:
    """The file; raises TierwrightError where the plan has no database, or no cache that several servers share."""
    sized, cache, database = size(placed), cache_of(placed), database_of(placed, site)
    broker, bucket, unit = broker_of(placed), bucket_of(placed), unit_of(placed, site)
    text = render(
        component,
        "tierwright_settings.py.j2",
        site=site.name,
        engine=database.engine,
        file=database.file,
        database=None if database.file else _address(database),
        pooled=database.pooled,
        cache=cache.backend,
        servers=list(cache.servers),
        broker=broker,
        bucket=bucket,
        relay=next(({"host": host, "port": port} for host, port in external_of(placed, "smtp")), None),
        domains=list(site.domains),
        root=site.root,
        files_url=_files_url(placed, site),
        path=site.path,
        cookies=site.database if site.path != "/" and _shares_domain(placed, site) else None,
        **sized.values,
    )
    reasons = (*sized.reasons, *_stores(database, cache, broker, bucket))
    return ConfigFile(path=path_of(site), text=text, unit=unit, reasons=reasons)


def unit_of(placed: Placed, site: Site) -> str:
    """The unit that runs the site's code here: that of the requests before that of jobs."""
    for beside in runners(placed):
        return beside.component.app_unit(beside, site)
    return f"app-{site.name}.service"


def secrets_of(placed: Placed, site: Site) -> tuple[str, ...]:
    """Names of the secrets that the file reads."""
    found = ["secret_key"]
    found += [] if database_of(placed, site).file else ["database_password"]
    found += ["redis_password"] if cache_of(placed).backend == "redis" or broker_of(placed) else []
    return (*found, *(("media_access_key", "media_secret_key") if bucket_of(placed) else ()))


def _address(database: Database) -> dict[str, object]:
    hosts, ports = zip(*database.places, strict=True)
    return {"name": database.name, "host": joined(*hosts), "port": joined(*ports)}


def _stores(database: Database, cache: Cache, broker: str | None, bucket: str | None) -> Iterator[Reason]:
    yield _reason("DATABASES", _shown(database), "the pool of the plan, else its database")
    if cache.servers:
        formula = "every cache server of the plan, in its order"
        first = ", the one that takes the writes first" if cache.backend == "redis" else ""
        yield _reason("CACHES", len(cache.servers), formula + first)
    if broker:
        yield _reason(
            "CELERY_BROKER_URL", broker, "the first queue of the plan; its databases 1 and 2, the cache's is 0"
        )
    if bucket:
        yield _reason("STORAGES", bucket, "the plan's external of the kind s3: https at port 443, http at others")


def _shown(database: Database) -> str:
    if database.file:
        return database.file
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
