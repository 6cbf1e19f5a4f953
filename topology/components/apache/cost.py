"""What Apache takes for a file or a pass, measured beside nginx in one run and scaled to the figures of the table."""

from __future__ import annotations

from topology.demands import NGINX_FILE, NGINX_PROXY
from topology.value import Estimate

_NGINX_MS = 0.041
"""CPU of a file of 8 kB on a new connection by nginx in the run in which Apache's figures were measured."""


def _beside_nginx(cpu_ms: float) -> Estimate:
    mid = cpu_ms / _NGINX_MS * NGINX_FILE.mid
    source = f"measured in one run with nginx, {cpu_ms} ms to its {_NGINX_MS}, scaled to the table's nginx, +-30 %"
    return Estimate(low=mid * 0.7, mid=mid, high=mid * 1.3, basis="default", source=source)


FILE_EVENT = _beside_nginx(0.130)
"""A file of 8 kB by the event MPM, a new connection for each request."""
FILE_PREFORK = _beside_nginx(0.083)
"""A file of 8 kB by the prefork MPM: no thread is woken for it."""

_NGINX_PASS_MS = 0.19
"""CPU of a pass by nginx to gunicorn's socket, each on a new connection, in the run of the two passes."""


def _beside_nginx_pass(cpu_ms: float) -> Estimate:
    mid = cpu_ms / _NGINX_PASS_MS * NGINX_PROXY.mid
    source = f"measured in one run with nginx, {cpu_ms} ms to its {_NGINX_PASS_MS}, scaled to the table's pass, +-30 %"
    return Estimate(low=mid * 0.7, mid=mid, high=mid * 1.3, basis="default", source=source)


PASS_FASTCGI = _beside_nginx_pass(0.267)
"""A request passed on by mod_proxy_fcgi to flup's socket, each on a new connection."""
PASS_BALANCED = _beside_nginx_pass(0.198)
"""A request passed on by the balancer to a web server, with a new client connection and a kept one behind."""
