"""Apache's shared parts: one whole main file, names that lead somewhere, a graceful end, and a parser."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, reading, text_of, tier
from topology.components import Cluster, get
from topology.components.apache.parsing import directives_of, last

MAIN = "/etc/apache2/apache2.conf"
SITES = "/etc/apache2/tierwright/apache_media.conf"
DROP_IN = "/etc/systemd/system/apache2.service.d/tierwright.conf"
DATABASE = tier("db", ["postgresql"])


def with_media(*, balanced: bool = False) -> Cluster:
    front = [tier("lb", ["haproxy"])] if balanced else []
    return cluster(
        *front, tier("web", ["nginx", "gunicorn", "memcached"]), tier("media", ["apache_media"], count=2), DATABASE
    )


def test_nothing_of_what_debian_enabled_is_read() -> None:
    text = text_of(with_media(), "media1", MAIN)

    assert [line for line in text.splitlines() if line.startswith("Include")] == [
        "Include /etc/apache2/tierwright/*.conf"
    ]
    assert "${" not in text


def test_each_module_is_loaded_once_and_no_php_with_them() -> None:
    text = text_of(with_media(), "media1", MAIN)

    modules = [line.split()[1] for line in text.splitlines() if line.startswith("LoadModule")]
    assert len(modules) == len(set(modules))
    assert modules[0] == "mpm_event_module"
    assert not any("php" in module for module in modules)


def test_only_balancers_are_believed_when_they_say_who_a_client_is() -> None:
    alone, balanced = with_media(), with_media(balanced=True)

    assert reading(alone, "media1", "apache_media").trusts is None
    assert reading(balanced, "media1", "apache_media").trusts == (balanced.host("lb1").address,)
    assert "LoadModule remoteip_module" not in text_of(alone, "media1", MAIN)


def test_idle_connections_outlive_those_of_the_balancer_before_them() -> None:
    assert reading(with_media(), "media1", "apache_media").idle_seconds == 15
    assert reading(with_media(balanced=True), "media1", "apache_media").idle_seconds == 30


def test_a_stop_is_graceful_and_systemd_waits_longer_than_apache() -> None:
    said = reading(with_media(), "media1", "apache_media")

    assert said.graceful_seconds is not None
    assert said.stop_seconds is not None
    assert said.stop_seconds > said.graceful_seconds
    assert "KillSignal=SIGWINCH\n" in text_of(with_media(), "media1", DROP_IN)


def test_what_is_read_back_is_what_the_design_says() -> None:
    whole = with_media()

    said = reading(whole, "media1", "apache_media")
    [endpoint] = get("apache_media").endpoints(whole.find("media1", "apache_media"))

    assert [listening.port for listening in said.listens] == [endpoint.port]
    assert said.slots == endpoint.slots
    assert said.names == ("media.www.example.com",)
    assert said.urls == {"/static/": "/srv/newspaper/static/", "/media/": "/srv/newspaper/media/"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Alias "/a/" "/b c/"', ("/a/", "/b c/")),
        ('ErrorDocument 200 "ok\\n"', ("200", "ok\\n")),
        ('LogFormat "%a \\"%r\\" %D" timed', ('%a "%r" %D', "timed")),
        ("WSGIDaemonProcess x \\\n    threads=2", ("x", "threads=2")),
    ],
)
def test_a_directive_is_read_as_apache_reads_it(text: str, words: tuple[str, ...]) -> None:
    [directive] = directives_of({MAIN: f"{text}\n"}, MAIN)

    assert directive.words == words


def test_files_that_are_included_are_read_where_they_are_included() -> None:
    texts = {
        MAIN: "ServerName a\nInclude /etc/apache2/tierwright/*.conf\n",
        SITES: "<VirtualHost *:80>\nServerName b\n",
    }

    directives = directives_of(texts, MAIN)

    assert [(each.words[0], each.vhost) for each in directives] == [("a", None), ("b", "*:80")]
    assert last(directives, "ServerName") == "a"
