"""Requests to addresses that people gave: inner ones are never reached, whatever name leads there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from planner import outside
from planner.outside import Unreachable

LOOPBACK = [ip_network("127.0.0.0/8")]


class Receiver(BaseHTTPRequestHandler):
    """Answers as its path says, and remembers what came."""

    got: list[bytes]

    def do_POST(self) -> None:
        """Take a body and answer."""
        type(self).got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(b"x" * (1 << 20) if self.path == "/large" else b"ok")

    def log_message(self, *said: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def receiver() -> Iterator[int]:
    """The port of a receiver on loopback."""
    Receiver.got = []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_an_inner_address_is_refused(address: str) -> None:
    assert "inner address" in (outside.why_not_address(address) or "")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_an_address_of_the_open_internet_is_not(address: str) -> None:
    assert outside.why_not_address(address) is None


def test_an_allowed_inner_network_is_reached(receiver: int) -> None:
    answer = outside.post(f"http://127.0.0.1:{receiver}/", b"{}", {}, inner=LOOPBACK)

    assert (answer.status, Receiver.got) == (200, [b"{}"])


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1"]
)
def test_no_way_of_writing_it_leads_inside(host: str, receiver: int) -> None:
    with pytest.raises(Unreachable):
        outside.post(f"http://{host}:{receiver}/", b"{}", {})

    assert Receiver.got == []


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.215.14", "127.0.0.1"])
    reached: list[str] = []

    def resolve(host: str, port: int, **named: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(family: int, kind: int, protocol: int, address: tuple[str, int]) -> socket.socket:
        reached.append(address[0])
        raise OSError("nothing leaves a test")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outside, "_connect_to", connect)
    with pytest.raises(Unreachable):
        outside.post("http://rebinding.example/", b"{}", {})

    assert reached == ["93.184.215.14"]  # what was looked at, though the name says another by now


def test_a_redirect_is_an_answer_and_not_followed(receiver: int) -> None:
    assert outside.post(f"http://127.0.0.1:{receiver}/elsewhere", b"", {}, inner=LOOPBACK).status == 302


def test_of_a_large_answer_a_part_is_read(receiver: int) -> None:
    answer = outside.post(f"http://127.0.0.1:{receiver}/large", b"", {}, inner=LOOPBACK)

    assert len(answer.body) == outside.MOST_BYTES


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "file:///etc/passwd", "https://", "http://user:secret@example.com/", "http://a b/", "x",
     "http://example.com:0/", "http://example.com:99999/", "http://exa\nmple.com/", "gopher://127.0.0.1:6379/_x", ""],
)  # fmt: skip
def test_what_is_no_such_address_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(Unreachable) as refusal:
        outside.check(url)

    assert "address" in refusal.value.sentence


def test_nobody_there_is_said() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="did not answer"):
            outside.post(f"http://127.0.0.1:{held.getsockname()[1]}/", b"", {}, inner=LOOPBACK)
