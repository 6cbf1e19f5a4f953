"""The hosts file: every server by name, the same on all of them."""

from __future__ import annotations

from tests.topology.components.rendered import cluster, text_of, tier

PATH = "/etc/hosts"


def test_every_server_knows_every_other_and_itself() -> None:
    of = cluster(tier("web", ["nginx", "gunicorn", "memcached"], count=2), tier("db", ["postgresql"]))
    texts = {text_of(of, host, PATH) for host in ("web1", "web2", "db1")}

    assert len(texts) == 1
    lines = [line.split() for line in texts.pop().splitlines()]
    assert ["127.0.0.1", "localhost"] in lines
    assert lines[-3:] == [["10.0.0.11", "web1"], ["10.0.0.12", "web2"], ["10.0.0.13", "db1"]]
