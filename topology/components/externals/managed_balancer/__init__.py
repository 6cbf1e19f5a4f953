"""A balancer that others run: it takes the site's name and spreads requests over the web servers.

Use it where the provider's network carries no address that moves between servers, or where TLS is to end at the
provider. It is told by hand: the web servers' addresses with port 80, the health path of each site, /-/health, the
time that a request may take, and that a server is asked no more once it fails. Its own addresses are not in the
plan, so that web servers see them as visitors, and no setting of Django believes its headers.
"""

from __future__ import annotations

from topology.components.base import Component, Trouble, Validator
from topology.components.externals.managed_balancer.boot import boot
from topology.components.externals.standing_in import nothing_to_check


class ManagedBalancer(Component):
    """A managed balancer."""

    name = "managed_balancer"
    title = "Managed balancer"
    roles = {}  # noqa: RUF012
    packages = {}  # noqa: RUF012
    externals = {"balancer": "a balancer that others run before the web servers"}  # noqa: RUF012
    evidence = "stand_in"
    answer = "GET / through the balancer: 200 a throw-away site"
    validator = Validator(
        program="haproxy",
        package="haproxy",
        says="no file is written for it; HAProxy started in its place before a web server, and asked for a page",
        check=nothing_to_check,
        boot=boot,
    )
    troubles = (
        Trouble(
            sees="Forms fail with 403, CSRF verification failed: Origin checking failed",
            does="TLS ends at the balancer, and Django takes the request for http. Only where the balancer removes"
            " X-Forwarded-Proto of its clients and sets its own, and no one else reaches the web servers, may the"
            " site's settings have SECURE_PROXY_SSL_HEADER and CSRF_TRUSTED_ORIGINS.",
        ),
        Trouble(
            sees="502 now and then, with nothing in the logs of the web servers",
            does="It keeps idle connections for longer than the web servers do. Set its idle time below theirs.",
        ),
    )


COMPONENT = ManagedBalancer()
