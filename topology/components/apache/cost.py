"""What Apache takes for a file or a pass, measured beside nginx in one run and scaled to the figures of the table."""

from __future__ import annotations

from topology.demands import NGINX_FILE, NGINX_PROXY
from topology.value import Estimate

_NGINX_MS = 0.041
"""CPU of a file of 8 kB on a new connection by nginx in the run in which Apache's figures were measured."""


def _beside(nginx: Estimate, cpu_ms: float, nginx_ms: float, what: str) -> Estimate:
    mid = cpu_ms / nginx_ms * nginx.mid
    source = f"measured in one run with nginx, {cpu_ms} ms to its {nginx_ms}, scaled to the table's {what}, +-30 %"
    return Estimate(low=mid * 0.7, mid=mid, high=mid * 1.3, basis="default", source=source)


FILE_EVENT = _beside(NGINX_FILE, 0.130, _NGINX_MS, "nginx")
"""A file of 8 kB by the event MPM, a new connection for each request."""
FILE_PREFORK = _beside(NGINX_FILE, 0.083, _NGINX_MS, "nginx")
"""A file of 8 kB by the prefork MPM: no thread is woken for it."""

_NGINX_PASS_MS = 0.19
"""CPU of a pass by nginx to gunicorn's socket, each on a new connection, in the run of the two passes."""

PASS_FASTCGI = _beside(NGINX_PROXY, 0.267, _NGINX_PASS_MS, "pass")
"""A request passed on by mod_proxy_fcgi to flup's socket, each on a new connection."""
PASS_BALANCED = _beside(NGINX_PROXY, 0.198, _NGINX_PASS_MS, "pass")
"""A request passed on by the balancer to a web server, with a new client connection and a kept one behind."""
