"""The settings of a Django site that follow from the cluster: database, cache, files, host names, secrets.

It is beside every application server, as /etc/SITE/tierwright_settings.py; the site's own settings end with
`from tierwright_settings import *`, so that what stands there holds. Secrets are read from files that systemd
shows to the service alone. Nothing here speaks of TLS: where the site is given a certificate, the proxy that
holds it must set X-Forwarded-Proto, and only then may SECURE_PROXY_SSL_HEADER be set.
"""

from __future__ import annotations

from topology.components.base import Component, ConfigFile, Placed, Preparation, Sizing, Validator
from topology.components.django_settings.files import file_of
from topology.components.django_settings.preparations import preparations_of
from topology.components.django_settings.settings import DjangoSettings, size
from topology.components.django_settings.validate import boot, check


class Django(Component):
    """Django's settings."""

    name = "django_settings"
    title = "Django settings"
    roles = {"django_settings": "tells the site where its database, cache and files are"}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {}  # noqa: RUF012
    settings = DjangoSettings
    implied_by = frozenset({"app"})
    evidence = "booted"
    answer = "GET /: 200 a throw-away site"
    validator = Validator(
        program="python3",
        package="python3",
        says="manage.py check --deploy of a minimal project, and every name held against those that Django knows",
        check=check,
        boot=boot,
    )

    def size(self, placed: Placed) -> Sizing:
        """How long a connection is kept, and the limits of a request."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/SITE/tierwright_settings.py of every site."""
        return tuple(file_of(self, placed, site) for site in placed.cluster.sites)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The secrets, and the line in the site's own settings."""
        return tuple(item for site in placed.cluster.sites for item in preparations_of(placed, site))


COMPONENT = Django()
