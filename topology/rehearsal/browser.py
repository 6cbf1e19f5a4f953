"""A small browser for the public's machine: names, redirects, cookies and forms, a new connection for each request."""

from __future__ import annotations

import http.client
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from topology.errors import TierwrightError
from topology.rehearsal.names import Names

SECONDS = 15.0
MOST_REDIRECTS = 5
TOKEN = "csrftoken"
"""How the cookie's name begins; a site below a path of a name that others share adds its own."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer."""

    status: int
    body: bytes
    url: str
    """Where it was found in the end."""
    server: str
    """The host that says it answered; empty where none does."""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


@dataclass
class Browser:
    """Asks as one visitor would; use it in the client's network."""

    names: Names
    cookies: dict[str, str] = field(default_factory=dict)
    _turns: itertools.count[int] = field(default_factory=itertools.count)

    def get(self, url: str) -> Page:
        """Ask for a page and follow where it leads; each request goes to the next address of the name."""
        page = self._ask("GET", url, b"", {})
        for _ in range(MOST_REDIRECTS):
            if page.status not in (301, 302, 303, 307, 308):
                break
            page = self._ask("GET", page.url, b"", {})
        return page

    def post(self, url: str, body: bytes, kind: str) -> Page:
        """Send a form, with the token that Django asks of every form."""
        tokens = [value for cookie, value in self.cookies.items() if cookie.startswith(TOKEN)]
        headers = {"Content-Type": kind, "X-CSRFToken": "".join(tokens[:1])}
        return self._ask("POST", url, body, headers)

    def upload(self, url: str, name: str, content: bytes) -> Page:
        """Send a file as a browser does."""
        edge = "rehearsal-of-an-upload"
        disposition = f'Content-Disposition: form-data; name="{name}"; filename="{name}.bin"'
        head = f"--{edge}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self.post(url, body, f"multipart/form-data; boundary={edge}")

    def _ask(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Page:
        parts = urlsplit(url)
        if not parts.hostname:
            raise TierwrightError(f"{url} names no host")
        addresses = self.names.addresses(parts.hostname)
        address = addresses[next(self._turns) % len(addresses)]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": parts.netloc, **headers, **({"Cookie": cookies} if cookies else {})}
        asked = http.client.HTTPConnection(address, parts.port or 80, timeout=SECONDS)
        try:
            asked.request(method, path, body=body or None, headers=sent)
            answer = asked.getresponse()
            content = answer.read()
        finally:
            asked.close()
        self._keep(answer)
        return Page(
            status=answer.status,
            body=content,
            url=urljoin(url, answer.getheader("Location") or url),
            server=answer.getheader("X-Answered-By") or "",
        )

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
