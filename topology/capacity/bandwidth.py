"""The network card: bytes a request sends against the rate that a server type sustains."""

from __future__ import annotations

BITS_A_BYTE = 8
MEGA = 1_000_000


def most_requests(bytes_per_request: float, network_mbit: float) -> float | None:
    """Requests a second at which the card is full; None where nothing is sent.

    Cards send and receive at once, and web servers send more than they receive, so only what is sent counts.
    """
    return network_mbit * MEGA / (bytes_per_request * BITS_A_BYTE) if bytes_per_request > 0 else None
