"""Apache before FastCGI: whom it passes to and how much, the two overrides, and what it refuses."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import BLOG, SITE, cluster, text_of, tier
from tests.topology.components.staging import placed_in
from topology.components import Cluster, get
from topology.errors import TierwrightError

FASTCGI = get("apache_fastcgi")
SITES = "/etc/apache2/tierwright/apache_fastcgi.conf"


def beside() -> Cluster:
    web = tier("web", ["apache_fastcgi", "flup", "memcached"])
    return cluster(web, tier("db", ["postgresql"]), sites=(SITE, BLOG))


def apart(*, web: int = 1) -> Cluster:
    first, second = tier("web", ["apache_fastcgi"], count=web), tier("app", ["flup"], count=2)
    return cluster(first, second, tier("db", ["postgresql", "memcached"]))


def test_each_site_beside_it_has_a_socket_under_a_name_of_its_own_and_is_asked_each_time() -> None:
    text = text_of(beside(), "web1", SITES)

    assert '"unix:/run/newspaper/fcgi.sock|fcgi://newspaper/"' in text
    assert '"unix:/run/blog/fcgi.sock|fcgi://blog/blog/"' in text
    assert text.count(" retry=0 ") == 2


def test_the_deeper_site_stands_first_and_both_overrides_in_every_virtual_host() -> None:
    text = text_of(beside(), "web1", SITES)

    assert text.index('ProxyPass "/blog/" "unix:') < text.index('ProxyPass "/" "unix:')
    assert text.count('ProxyFCGISetEnvIf "true" SCRIPT_NAME ""') == 1
    assert text.count('ProxyFCGISetEnvIf "true" PATH_INFO "%{REQUEST_URI}"') == 1


def test_several_applications_elsewhere_are_members_of_a_balancer_with_their_share_of_slots() -> None:
    [alone, shared] = (placed_in(apart(web=count), FASTCGI)[0] for count in (1, 2))
    rooms = [
        [target.room for target in FASTCGI.read(placed, {f.path: f.text for f in FASTCGI.files(placed)}).targets]
        for placed in (alone, shared)
    ]

    assert rooms == [[9, 9], [4, 4]]


def test_what_is_read_back_is_the_chain_and_the_limit_that_really_holds() -> None:
    placed = placed_in(apart(), FASTCGI)[0]
    texts = {file.path: file.text for file in FASTCGI.files(placed)}

    says = FASTCGI.read(placed, texts)
    unlimited = FASTCGI.read(placed, {**texts, SITES: texts[SITES].replace("Redirect 413", "")})

    assert (says.connect_seconds, says.queue_seconds, says.read_seconds) == (1, 10, 35)
    assert (says.upload_bytes, unlimited.upload_bytes) == (20 << 20, 0)


def test_an_application_that_speaks_http_is_refused_with_the_way_out() -> None:
    web = tier("web", ["apache_fastcgi", "gunicorn", "memcached"])

    with pytest.raises(TierwrightError, match="speaks http and Apache is to speak FastCGI; give it the role flup"):
        text_of(cluster(web, tier("db", ["postgresql"])), "web1", SITES)


def test_nobody_who_runs_the_application_is_refused_with_the_way_out() -> None:
    with pytest.raises(TierwrightError, match="give one the role flup"):
        text_of(cluster(tier("web", ["apache_fastcgi"])), "web1", SITES)
