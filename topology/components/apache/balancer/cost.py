"""What Apache takes to pass a request on to a web server."""

from __future__ import annotations

from topology.demands import guess

PASS = guess(0.08, 0.2, 0.6, "a request passed on by mod_proxy_http, with a new client connection")
