"""A request to an address that a person gave: no inner address is ever connected to, whatever the name resolves to."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from topology.errors import TierwrightError

SECONDS = 10
"""For the whole of it: name, connection, answer."""
MOST_BYTES = 64 << 10
"""Of an answer that are read; more is left where it is."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(TierwrightError):
    """The address was not asked, or did not answer; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], *, inner: Iterable[Network] = ()) -> Answer:
    """Post to an http or https address and read its answer; redirects are not followed.

    The name is resolved once, each address looked at, and the connection made to the very address that was looked at:
    a name that changes its mind between the look and the connection gains nothing. `inner` networks are allowed.
    """
    parts = check(url)
    deadline = time.monotonic() + SECONDS
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, tuple(inner))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        return Answer(status=response.status, body=_read(response, deadline))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"{parts.hostname} did not answer: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()


def why_not_address(address: str, *, inner: Iterable[Network] = ()) -> str | None:
    """Why an IP address is not connected to; None where it is of the open internet or of an allowed network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        within = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if within is None and found in _NAT64:
            within = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if within is not None:
            return why_not_address(str(within), inner=inner)
    if any(found in network for network in inner if network.version == found.version):
        return None
    if found.is_global and not found.is_multicast:
        return None
    return f"{found} is an inner address, which a webhook never reaches"


def check(url: str) -> SplitResult:
    """The parts of an address that can be asked; refused otherwise, in a sentence."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unreachable("this is not an address that can be asked") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Unreachable("write the address as https://host/path, without a user or password in it")
    if port == 0 or any(not character.isprintable() or character.isspace() for character in url):
        raise Unreachable("this is not an address that can be asked")
    return parts


def _connection(scheme: str, host: str, port: int | None, inner: tuple[Network, ...]) -> http.client.HTTPConnection:
    if scheme == "https":
        return _Https(host, port, inner)
    return _Http(host, port, inner)


class _Http(http.client.HTTPConnection):
    def __init__(self, host: str, port: int | None, inner: tuple[Network, ...]) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._inner = inner

    def connect(self) -> None:
        """To an address that was looked at, and no other."""
        self.sock = _connect(self.host, self.port, self._inner)


class _Https(_Http):
    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """The same, and then the certificate of the name."""
        plain = _connect(self.host, self.port, self._inner)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _connect(host: str, port: int, inner: tuple[Network, ...]) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"the name {host} is not known") from error
    refusal = f"the name {host} is not known"
    for family, kind, protocol, _, address in found:
        why_not = why_not_address(str(address[0]), inner=inner)
        if why_not is None:
            return _connect_to(family, kind, protocol, address)
        refusal = why_not
    raise Unreachable(refusal)


def _connect_to(family: int, kind: int, protocol: int, address: tuple[Any, ...]) -> socket.socket:
    sock = socket.socket(family, kind, protocol)
    sock.settimeout(SECONDS)
    try:
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    held = b""
    while len(held) < MOST_BYTES:
        if time.monotonic() > deadline:
            raise OSError(f"no whole answer within {SECONDS} seconds")
        piece = response.read1(MOST_BYTES - len(held))
        if not piece:
            break
        held += piece
    return held
