"""What Perlbal takes for a request."""

from __future__ import annotations

from topology.demands import HAPROXY_PASS
from topology.value import Estimate

OURS, THEIRS = 0.97, 0.15
"""CPU milliseconds of a request on a new connection through Perlbal and through HAProxy, one after the other."""
PASS = Estimate(
    low=HAPROXY_PASS.mid * OURS / THEIRS * 0.7,
    mid=HAPROXY_PASS.mid * OURS / THEIRS,
    high=HAPROXY_PASS.mid * OURS / THEIRS * 1.3,
    basis="default",
    source=f"measured: {OURS} ms through Perlbal 1.80 and {THEIRS} through HAProxy on one machine, scaled",
)
