"""What a person does once for a site's settings: secrets that no bundle holds, and one line of code."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import Placed, Preparation
from topology.components.django_settings.files import secrets_of
from topology.components.django_settings.stores import broker_of, bucket_of, cache_of, database_of
from topology.design import Site


def preparations_of(placed: Placed, site: Site) -> tuple[Preparation, ...]:
    """The line that imports the settings, and the secrets."""
    return (_line(placed, site), *_secrets(placed, site))


def _line(placed: Placed, site: Site) -> Preparation:
    return Preparation(
        does=f"End {site.code.settings} of {site.name} with `from tierwright_settings import *`, and have"
        f" {', '.join(_packages(placed, site))} in its virtual environment."
    )


def _secrets(placed: Placed, site: Site) -> Iterator[Preparation]:
    folder, names = f"/etc/{site.name}/secrets", secrets_of(placed, site)
    key = f"{folder}/secret_key"
    yield Preparation(
        does=f"Put the secret key of {site.name} into {key}, the same on every application server: the key that the"
        " site has today, else a new one, made on one server and copied to the others.",
        lines=(f"install -d -m 0700 {folder}", f"(umask 077; openssl rand -base64 48 > {key})"),
        secrets=(key,),
    )
    if "database_password" in names:
        what = f"the password of the database user {site.database}"
        yield _given(folder, "database_password", f"{what} into {folder}/database_password, the same on every")
    if "redis_password" in names:
        what = "the password of Redis, an empty line where it asks for none,"
        yield _given(folder, "redis_password", f"{what} into {folder}/redis_password, the same on every")
    if "media_access_key" in names:
        yield _bucket(folder, site)


def _given(folder: str, name: str, what: str) -> Preparation:
    path = f"{folder}/{name}"
    return Preparation(
        does=f"Put {what} application server.",
        lines=(f"install -d -m 0700 {folder}", f"(umask 077; cat > {path})"),
        secrets=(path,),
    )


def _bucket(folder: str, site: Site) -> Preparation:
    paths = tuple(f"{folder}/{name}" for name in ("media_access_key", "media_secret_key"))
    return Preparation(
        does=f"Make the bucket {site.name}-media in the object store, whose objects everybody may read, and a key that"
        f" may write there and nowhere else; copy what is in {site.root}/media into it, and put the key's two halves"
        f" into {' and '.join(paths)} on every application server.",
        lines=(f"install -d -m 0700 {folder}", *(f"(umask 077; cat > {path})" for path in paths)),
        secrets=paths,
    )


DRIVERS = {"postgresql": "psycopg 3", "mysql": "mysqlclient or PyMySQL"}
CLIENTS = {"memcached": "pymemcache", "redis": "redis"}


def _packages(placed: Placed, site: Site) -> Iterator[str]:
    yield "Django 5.1 or newer"
    engine, backend = database_of(placed, site).engine, cache_of(placed).backend
    yield from (DRIVERS[name] for name in DRIVERS if name == engine)
    yield from (CLIENTS[name] for name in CLIENTS if name == backend)
    if broker_of(placed):
        yield "celery[redis]"
    if bucket_of(placed):
        yield "django-storages[s3]"
