"""Where flup listens: a socket beside its web server, a port of the private address for web servers elsewhere."""

from __future__ import annotations

from topology.components.base import Placed
from topology.components.flup.settings import size
from topology.components.serving import Listen, is_beside_web, listens
from topology.errors import Place, TierwrightError


def places_of(placed: Placed) -> tuple[Listen, ...]:
    """Every site with its socket, or None and its port.

    Raises TierwrightError where the plan writes a socket, and a web server elsewhere could not reach it.
    """
    written = getattr(placed.written, "transport", None)
    beside = is_beside_web(placed)
    if written == "socket" and not beside:
        raise TierwrightError(
            f"flup on {placed.host.name} is to listen on a socket, which web servers on other servers cannot reach;"
            " write transport: tcp, or leave it out",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    by_socket = written == "socket" or (written is None and beside)
    return listens(placed, socket="fcgi.sock", port=size(placed)["port"], by_socket=by_socket)
