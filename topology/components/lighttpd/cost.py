"""What lighttpd takes for a request: a file, or one passed on over FastCGI."""

from __future__ import annotations

from topology.demands import NGINX_FILE, NGINX_PROXY
from topology.value import Estimate


def _beside(nginx: Estimate, ours: float, theirs: float, what: str) -> Estimate:
    """nginx's figure of the measured table, by how the two compared one after the other; +-30 percent."""
    source = f"measured: {what} took {ours} ms by lighttpd 1.4.69 and {theirs} by nginx right after it, scaled"
    cpu_ms = nginx.mid * ours / theirs
    return Estimate(low=cpu_ms * 0.7, mid=cpu_ms, high=cpu_ms * 1.3, basis="default", source=source)


FILE = _beside(NGINX_FILE, 0.065, 0.075, "a small file on a new connection")
PASS = _beside(NGINX_PROXY, 0.12, 0.145, "a page passed on by FastCGI")
