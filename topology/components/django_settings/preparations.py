"""What a person does once for a site's settings: secrets that no bundle holds, and one line of code."""

from __future__ import annotations

from topology.components.base import Placed, Preparation
from topology.components.django_settings.stores import database_of
from topology.design import Site


def preparations_of(placed: Placed, site: Site) -> tuple[Preparation, ...]:
    """The line that imports the settings, and the secrets."""
    folder = f"/etc/{site.name}/secrets"
    key = f"{folder}/secret_key"
    line = Preparation(
        does=f"End {site.code.settings} of {site.name} with `from tierwright_settings import *`, and have"
        f" {', '.join(_packages(placed, site))} in its virtual environment."
    )
    secret = Preparation(
        does=f"Put the secret key of {site.name} into {key}, the same on every application server: the key that the"
        " site has today, else a new one, made on one server and copied to the others.",
        lines=(f"install -d -m 0700 {folder}", f"(umask 077; openssl rand -base64 48 > {key})"),
        secrets=(key,),
    )
    if database_of(placed, site)["file"]:
        return (line, secret)
    password = f"{folder}/database_password"
    return (
        line,
        secret,
        Preparation(
            does=f"Put the password of the database user {site.database} into {password}, the same on every"
            " application server.",
            lines=(f"install -d -m 0700 {folder}", f"(umask 077; cat > {password})"),
            secrets=(password,),
        ),
    )


def _packages(placed: Placed, site: Site) -> list[str]:
    with_cache = placed.cluster.providers("cache") or any(
        e.kind == "memcached" for e in placed.cluster.design.externals
    )
    packages = ["Django 5.1 or newer"]
    packages += [] if database_of(placed, site)["file"] else ["psycopg 3"]
    return packages + (["pymemcache"] if with_cache else [])
