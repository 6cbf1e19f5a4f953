"""The public finds a site where the design says."""

from __future__ import annotations

import socket
import struct
import threading

import pytest

from tests.topology.stages.cast import SITE, design_at
from topology.components import resolve
from topology.rehearsal import names
from topology.rehearsal.names import Names


def test_without_name_servers_a_name_leads_to_the_front_door() -> None:
    cluster = resolve(design_at("load_balanced"), None)
    seen = Names(cluster)

    [balancer] = cluster.hosts_offering("balancer")
    [media] = cluster.hosts_offering("media")
    assert seen.servers == ()
    assert seen.addresses("www.example.com") == (balancer.address,)
    assert seen.addresses(SITE.media_domain) == (media.address,)


def test_name_servers_of_the_design_are_known() -> None:
    cluster = resolve(design_at("big"), None)

    assert Names(cluster).servers == tuple(host.address for host in cluster.hosts_offering("dns"))


def test_addresses_are_read_in_the_order_of_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        monkeypatch.setattr(names, "PORT", port)
        thread = threading.Thread(target=answer_once, args=(server,))
        thread.start()
        found = names.look_up("www.example.com", "127.0.0.1")
        thread.join()

    assert found == ("10.0.0.2", "10.0.0.1")


def test_a_question_that_was_lost_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        monkeypatch.setattr(names, "PORT", server.getsockname()[1])
        monkeypatch.setattr(names, "SECONDS", 0.5)
        thread = threading.Thread(target=answer_the_second, args=(server,))
        thread.start()
        found = names.look_up("www.example.com", "127.0.0.1")
        thread.join()

    assert found == ("10.0.0.2", "10.0.0.1")


def answer_the_second(server: socket.socket) -> None:
    """Nothing to the first question."""
    server.recvfrom(512)
    answer_once(server)


def answer_once(server: socket.socket) -> None:
    """Two addresses, one by a pointer and one by the whole name."""
    query, client = server.recvfrom(512)
    rest = struct.pack("!HHIH", 1, 1, 10, 4)
    first = b"\xc0\x0c" + rest + bytes([10, 0, 0, 2])
    second = query[12:-4] + rest + bytes([10, 0, 0, 1])
    head = query[:2] + struct.pack("!5H", 0x8180, 1, 2, 0, 0)
    server.sendto(head + query[12:] + first + second, client)
