"""A browser as far as a measurement needs one: it keeps its connection, its cookies and the fields of forms."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:.-]+)="([^"]*)"')
SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    text: str
    seconds: float
    headers: Mapping[str, str]

    def inputs(self) -> list[dict[str, str]]:
        """The attributes of every input."""
        found = []
        for tag in _INPUT.findall(self.text):
            attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
            attributes["checked"] = "1" if re.search(r"\schecked[\s>]", tag) else ""
            found.append(attributes)
        return found

    def value_of(self, name: str) -> str:
        """The value of the first input of that name; empty where there is none."""
        return next((each.get("value", "") for each in self.inputs() if each.get("name") == name), "")

    def values_of(self, name: str) -> list[str]:
        """The values of all inputs of that name."""
        return [each.get("value", "") for each in self.inputs() if each.get("name") == name]


@dataclass(kw_only=True)
class Browser:
    """Somebody's browser; status 0 stands for a connection that broke."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    seconds: float = SECONDS
    _connection: HTTPConnection | None = None

    def get(self, address: str, *, target: str = "") -> Answer:
        """Ask for a page, or with a target for a part of it."""
        return self._ask("GET", address, None, target)

    def post(self, address: str, fields: Mapping[str, object], *, target: str = "") -> Answer:
        """Send a form, with the token that it needs."""
        if "tierwright_csrf" not in self.cookies:
            self.cookies["tierwright_csrf"] = "x" * 32
        token = {"csrfmiddlewaretoken": self.cookies["tierwright_csrf"]}
        return self._ask("POST", address, urlencode({**fields, **token}, doseq=True).encode(), target)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, address: str, body: bytes | None, target: str) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if target:
            headers |= {"HX-Request": "true", "HX-Target": target}
        started = time.perf_counter()
        try:
            status, text, sent = self._send(method, address, body, headers)
        except (OSError, HTTPException):
            self.close()
            status, text, sent = 0, "", {}
        return Answer(status=status, text=text, seconds=time.perf_counter() - started, headers=sent)

    def _send(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, str, Mapping[str, str]]:
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        self._connection.request(method, address, body=body, headers=dict(headers))
        response = self._connection.getresponse()
        text = response.read().decode(errors="replace")
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if response.will_close:
            self.close()
        return response.status, text, dict(response.getheaders())
