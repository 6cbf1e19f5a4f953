"""mod_wsgi: daemons that fit the cores, threads of Apache for all of them, and times that are read back."""

from __future__ import annotations

from typing import Any

from tests.topology.components.rendered import BLOG, SITE, cluster, reading, text_of, tier
from tests.topology.components.test_apache import DATABASE, DROP_IN
from topology import sizing
from topology.components import Cluster, Limits, get

ROLE = "mod_wsgi"
SITES = "/etc/apache2/tierwright/mod_wsgi.conf"


def served(**keys: Any) -> Cluster:
    return cluster(tier("web", [ROLE, "memcached"]), DATABASE, **keys)


def test_apache_has_more_threads_than_its_daemons_have_slots() -> None:
    whole = served(sites=(SITE, BLOG))
    sized = get(ROLE).size(whole.find("web1", ROLE)).values

    said = reading(whole, "web1", ROLE)

    assert said.slots == 2 * sized["slots"]
    assert said.accepts is not None
    assert said.accepts >= 2 * 2 * sized["slots"]


def test_each_site_has_daemons_and_an_environment_of_its_own() -> None:
    text = text_of(served(sites=(SITE, BLOG)), "web1", SITES)

    assert "WSGIDaemonProcess newspaper " in text
    assert "python-home=/srv/blog/venv " in text
    assert text.index("WSGIScriptAlias /blog ") < text.index("WSGIScriptAlias / "), "the first alias that fits is taken"


def test_a_daemon_gives_up_when_the_chain_of_timeouts_says() -> None:
    whole = served(limits=Limits(request_seconds=60))

    said = reading(whole, "web1", ROLE)

    assert said.request_seconds == 60
    assert said.queue_seconds == sizing.timeouts(60).queue
    assert said.graceful_seconds == 60


def test_it_names_apache_as_the_unit_that_runs_the_sites() -> None:
    whole = served()
    placed = whole.find("web1", ROLE)

    assert get(ROLE).app_unit(placed, whole.sites[0]) == "apache2.service"


def test_the_unit_leaves_the_folder_of_sockets_open_for_apaches_own_processes() -> None:
    whole = served()

    # apachectl makes /run/apache2 as root: with a umask it would be closed to www-data, and every page a 503.
    assert "UMask" not in text_of(whole, "web1", DROP_IN)
    assert " umask=0027 " in text_of(whole, "web1", SITES)
