"""Reads tierwright_settings.py back from its text, without running it: the last assignment of a name holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from topology.components.base import Placed
from topology.components.django_settings.files import path_of
from topology.components.django_settings.stores import runners
from topology.components.reading import DjangoFacts, Reading, Target, Texts
from topology.design import Site

SECRET = "secret:"
"""Stands before the name of a secret, in the place of what is in it."""
_FOLDER = re.compile(r'"CREDENTIALS_DIRECTORY", "([^"]+)"')


def reading_of(placed: Placed, texts: Texts) -> Reading:
    """What the settings of all sites say, and whom they call."""
    pairs = [(site, settings_in(texts[path_of(site)])) for site in placed.cluster.sites if path_of(site) in texts]
    targets = dict.fromkeys(target for site, names in pairs for target in _targets(placed, site, names))
    facts = tuple(_facts(site, names, texts[path_of(site)]) for site, names in pairs)
    return Reading(
        targets=tuple(targets),
        django=facts,
        upload_bytes=next((fact.upload_bytes for fact in facts), None),
        connect_seconds=_most(
            _default(names, "DATABASES").get("OPTIONS", {}).get("connect_timeout") for _, names in pairs
        ),
        keeps_seconds=_most(fact.conn_max_age for fact in facts),
    )


def settings_in(text: str) -> dict[str, Any]:
    """Names in capitals and their values; what is no plain value is None, and a secret is named, not read."""
    names: dict[str, Any] = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    names[target.id] = _value(statement.value, names)
    return names


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names.get(name)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item, names) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {_value(k, names): _value(v, names) for k, v in zip(keys, values, strict=True) if k is not None}
        case ast.Call(func=ast.Name(id="_secret" | "_quote"), args=[first, *_]):
            inner = _value(first, names)
            return inner if str(inner).startswith(SECRET) else f"{SECRET}{inner}"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{_value(left, names)}{_value(right, names)}"
    return None


def _default(names: Mapping[str, Any], setting: str) -> Mapping[str, Any]:
    found = (names.get(setting) or {}).get("default")
    return found if isinstance(found, dict) else {}


def _most(values: Iterator[Any]) -> float | None:
    return max((float(value) for value in values if isinstance(value, int | float)), default=None)


def _facts(site: Site, names: Mapping[str, Any], text: str) -> DjangoFacts:
    database, cache = _default(names, "DATABASES"), _default(names, "CACHES")
    options = database.get("OPTIONS") or {}
    header, folder = names.get("SECURE_PROXY_SSL_HEADER"), _FOLDER.search(text)
    secret = str(names.get("SECRET_KEY") or "")
    return DjangoFacts(
        site=site.name,
        allowed_hosts=tuple(names.get("ALLOWED_HOSTS") or ()),
        csrf_trusted_origins=_tuple(names.get("CSRF_TRUSTED_ORIGINS")),
        proxy_ssl_header=(str(header[0]), str(header[1])) if header else None,
        ssl_redirect=bool(names.get("SECURE_SSL_REDIRECT")),
        engine=str(database.get("ENGINE", "")),
        conn_max_age=database.get("CONN_MAX_AGE"),
        pooled_cursors_off=bool(database.get("DISABLE_SERVER_SIDE_CURSORS")),
        own_pool=bool(options.get("pool")),
        prepared_statements=bool(options.get("server_side_binding")),
        cache_backend=str(cache.get("BACKEND", "")),
        cache_servers=tuple(str(server) for server in _listed(cache.get("LOCATION"))),
        key_prefix=str(cache.get("KEY_PREFIX", "")),
        cache_version=int(cache.get("VERSION", 1)),
        session_engine=str(names.get("SESSION_ENGINE") or ""),
        static_url=str(names.get("STATIC_URL") or ""),
        media_url=str(names.get("MEDIA_URL") or ""),
        media_root=str(names.get("MEDIA_ROOT") or ""),
        upload_bytes=names.get("DATA_UPLOAD_MAX_MEMORY_SIZE"),
        secret_key_from=secret.replace(SECRET, f"{folder[1]}/" if folder else "") if secret.startswith(SECRET) else "",
    )


def _tuple(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _targets(placed: Placed, site: Site, names: Mapping[str, Any]) -> Iterator[Target]:
    yield from _database(placed, site, _default(names, "DATABASES"))
    for server in _listed(_default(names, "CACHES").get("LOCATION")):
        yield from _target("cache", str(server))
    yield from _target("broker", str(names.get("CELERY_BROKER_URL") or ""))
    uploads = _default(names, "STORAGES").get("OPTIONS") or {}
    yield from _target("s3", str(uploads.get("endpoint_url", "")))


def _target(service: str, url: str) -> Iterator[Target]:
    found = re.search(r"([A-Za-z0-9.-]+):(\d+)(?:/\d*)?$", url)
    if found:
        yield Target(service=service, address=found[1], port=int(found[2]))


def _database(placed: Placed, site: Site, database: Mapping[str, Any]) -> Iterator[Target]:
    """Each host and port of the list; it is a pool where the design has one there."""
    pools = {
        (placed.cluster.address_of(edge), edge.endpoint.port)
        for beside in runners(placed)
        for edge in placed.cluster.edges_from(beside, "pool")
    }
    hosts, ports = str(database.get("HOST") or ""), str(database.get("PORT") or "")
    if not hosts:
        yield Target(service="sql", socket=str(database.get("NAME") or ""), site=site.name)
        return
    for host, port in zip(hosts.split(","), ports.split(","), strict=False):
        service = "pool" if (host, int(port)) in pools else "sql"
        yield Target(service=service, address=host, port=int(port), site=site.name)
