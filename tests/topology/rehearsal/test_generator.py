"""The load generator counts every request, and calls nothing a success that is none."""

from __future__ import annotations

import asyncio
import threading

import pytest

from topology.rehearsal.generator import Count, judge, send_all, summary

HEAD = "HTTP/1.1 200 OK\r\nX-Answered-By: web1\r\n"


@pytest.mark.parametrize(
    ("head", "body", "outcome"),
    [
        (f"{HEAD}Content-Length: 2", b"ok", "ok"),
        (f"{HEAD}Content-Length: 3", b"ok", "cut short"),
        (f"{HEAD}Transfer-Encoding: chunked", b"2\r\nok\r\n0\r\n\r\n", "ok"),
        (f"{HEAD}Transfer-Encoding: chunked", b"2\r\nok\r\n", "cut short"),
        ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0", b"", "503"),
        ("", b"", "no answer"),
    ],
)
def test_an_answer_is_good_when_it_is_whole(head: str, body: bytes, outcome: str) -> None:
    assert judge(head, body)[0] == outcome


def test_the_server_that_answered_is_named() -> None:
    assert judge(f"{HEAD}Content-Length: 2", b"ok") == ("ok", "web1")


def test_a_refused_connection_is_a_failed_request() -> None:
    job = {
        "addresses": ["127.0.0.253"],
        "host": "h",
        "paths": ["/"],
        "rate": 200,
        "seconds": 0.1,
        "timeout": 2,
        "seed": 1,
    }

    count = asyncio.run(send_all(job, threading.Event()))

    said = summary(count)
    assert said["requests"] > 0
    assert said["failed"] == said["requests"]
    assert said["first_failures"]


def test_it_stops_when_it_is_told() -> None:
    stop = threading.Event()
    stop.set()

    count = asyncio.run(send_all({"seed": 1, "seconds": 60, "rate": 1}, stop))

    assert summary(count)["requests"] == 0


def test_a_machine_that_is_late_sends_the_least_all_the_same() -> None:
    stop = threading.Event()
    stop.set()
    job = {"addresses": ["127.0.0.253"], "host": "h", "paths": ["/"], "timeout": 2}

    count = asyncio.run(send_all({**job, "seed": 1, "seconds": 60, "rate": 200, "least": 3}, stop))

    assert summary(count)["requests"] == 3


def test_a_count_without_answers_has_no_times() -> None:
    assert summary(Count())["p95_ms"] is None
