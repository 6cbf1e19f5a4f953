"""The settings of a Django site that follow from the cluster: database, cache, files, host names, secrets.

It is beside every application server, as /etc/SITE/tierwright_settings.py; the site's own settings end with
`from tierwright_settings import *`, so that what stands there holds. Secrets are read from files that systemd
shows to the service alone. Nothing here speaks of TLS: where the site is given a certificate, the proxy that
holds it must set X-Forwarded-Proto, and only then may SECURE_PROXY_SSL_HEADER be set.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
    Log,
    Need,
    Placed,
    Preparation,
    Sizing,
    Translation,
    Trouble,
    Validator,
)
from topology.components.django_settings.files import file_of, secrets_of
from topology.components.django_settings.preparations import preparations_of
from topology.components.django_settings.reader import reading_of
from topology.components.django_settings.settings import DjangoSettings, size
from topology.components.django_settings.stores import RUNS_PYTHON, runners
from topology.components.django_settings.validate import boot, check
from topology.components.reading import Reading, Texts
from topology.design import Site


class Django(Component):
    """Django's settings."""

    name = "django_settings"
    title = "Django settings"
    roles = {"django_settings": "tells the site where its database, cache and files are"}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {}  # noqa: RUF012
    settings = DjangoSettings
    implied_by = frozenset(RUNS_PYTHON)
    evidence = "booted"
    answer = "GET /: 200 a throw-away site"
    validator = Validator(
        program="python3",
        package="python3",
        says="manage.py check --deploy of a minimal project, and every name held against those that Django knows",
        check=check,
        boot=boot,
    )
    logs = (
        Log(
            path="journal: app-SITE.service",
            says="what the site writes to standard error: Django's errors with their tracebacks; the unit is that of"
            " the program that runs it",
        ),
    )
    troubles = (
        Trouble(
            sees="DisallowedHost, and every page is 400",
            does="The name that the browser asked for is in no site's domains of the plan; add it there and export"
            " anew. The check of a balancer goes by the health path, which is answered before Django.",
        ),
        Trouble(
            sees="The site still asks the old database or cache",
            does="The unit was not told: reload or restart it. If it was, the site's own settings assign the name after"
            " `from tierwright_settings import *`; that line must be the last.",
        ),
        Trouble(
            sees="FileNotFoundError: .../secret_key",
            does="The secret was not made on this server, or the unit does not load it; see the steps before the first"
            " start. By hand, run manage.py as root, with PYTHONPATH=/etc/SITE.",
        ),
        Trouble(
            sees="Errors of Redis while the cache is down",
            does="Unlike memcached's client, Django's for Redis has no way to take a lost server for a miss. Put a"
            " replica in its place, or keep the pages in memcached.",
        ),
    )
    translations = (
        Translation(
            about="where the database is",
            then="DATABASE_HOST = '10.0.0.31'",
            now='DATABASES = {"default": {"HOST": "10.0.0.31", ...}}, in /etc/SITE/tierwright_settings.py',
            says="Django knows several databases since 1.2, and has not read the old names since 1.4.",
        ),
    )

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The queue, to which pages hand what is done later: a connection for each request in work."""
        cluster = placed.cluster
        if not cluster.hosts_offering("jobs"):
            return ()
        slots = (e.slots or 1 for beside in runners(placed) for e in cluster.endpoints_of(beside))
        return (Need(services=("broker",), why="hands jobs to the queue", connections=max(1, sum(slots))),)

    def size(self, placed: Placed) -> Sizing:
        """How long a connection is kept, and the limits of a request."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/SITE/tierwright_settings.py of every site."""
        return tuple(file_of(self, placed, site) for site in placed.cluster.sites)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Stores, limits and names of every site."""
        return reading_of(placed, texts)

    def secrets(self, placed: Placed, site: Site) -> tuple[str, ...]:
        """The site's key, and the passwords of its stores."""
        return secrets_of(placed, site)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The secrets, and the line in the site's own settings."""
        return tuple(item for site in placed.cluster.sites for item in preparations_of(placed, site))


COMPONENT = Django()
