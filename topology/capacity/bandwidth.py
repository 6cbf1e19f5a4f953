"""The network card: bytes a second against the rate that a server type sustains."""

from __future__ import annotations

BITS_A_BYTE = 8
MEGA = 1_000_000


def utilisation(bytes_per_second: float, network_mbit: float) -> float:
    """Share of a card's sustained rate that is sent, 0 to 1; full duplex, so what comes in is apart."""
    return bytes_per_second * BITS_A_BYTE / (network_mbit * MEGA)


def most_requests(bytes_per_request: float, network_mbit: float) -> float | None:
    """Requests a second at which the card is full; None where nothing is sent."""
    return network_mbit * MEGA / (bytes_per_request * BITS_A_BYTE) if bytes_per_request > 0 else None
