"""mod_python: processes that fit the memory, an interpreter a site, secrets that stay closed, no development mode."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import BLOG, SITE, cluster, number, reading, reason, text_of, tier
from tests.topology.components.test_apache import DATABASE, DROP_IN, MAIN
from topology.components import DYNAMIC, Cluster, get
from topology.components.apache.mod_python.settings import CHILD_MIB, SITE_MIB
from topology.design import TierwrightError
from topology.workload import KINDS

ROLE = "mod_python"
SITES = "/etc/apache2/tierwright/mod_python.conf"


def served(count: int = 1, *, settings: dict[str, Any] | None = None, **keys: Any) -> Cluster:
    role = {ROLE: settings} if settings else ROLE
    return cluster(tier("web", [role, "memcached"], count=count), DATABASE, **keys)


def test_there_are_as_many_processes_as_the_memory_holds_and_all_start_at_once() -> None:
    whole = served()
    ram = whole.host("web1").type.ram_mib

    text = text_of(whole, "web1", MAIN)

    processes = int(ram * 0.5 / (CHILD_MIB.high + SITE_MIB.high))
    assert number(r"^MaxRequestWorkers (\d+)$", text) == processes
    assert number(r"^StartServers (\d+)$", text) == processes
    assert number(r"^ServerLimit (\d+)$", text) == processes
    assert number(r"^MaxSpareServers (\d+)$", text) > processes
    assert "KeepAlive Off\n" in text


def test_two_sites_take_twice_the_memory_in_each_process() -> None:
    one, two = served(), served(sites=(SITE, BLOG))

    assert get(ROLE).size(two.find("web1", ROLE))["max_request_workers"] == pytest.approx(
        get(ROLE).size(one.find("web1", ROLE))["max_request_workers"] / 2, abs=1
    )


def test_one_site_has_pythons_own_interpreter_and_several_have_one_each() -> None:
    one = text_of(served(), "web1", SITES)
    two = text_of(served(sites=(SITE, BLOG)), "web1", SITES)

    assert "PythonInterpreter main_interpreter\n" in one
    assert "PythonInterpreter newspaper\n" in two
    assert "PythonInterpreter blog\n" in two
    assert two.index('<Location "/">') < two.index('<Location "/blog/">'), "the last Location that fits is taken"


def test_a_site_below_a_path_is_told_its_prefix() -> None:
    whole = served(sites=(SITE, BLOG))

    entry = text_of(whole, "web1", "/usr/local/lib/tierwright/tierwright_blog.py")

    assert 'prefix="/blog",\n' in entry
    assert 'health="/blog/-/health",\n' in entry


def test_secrets_are_copied_for_the_group_alone_and_read_from_there() -> None:
    whole = served()

    unit = text_of(whole, "web1", DROP_IN)
    entry = text_of(whole, "web1", "/usr/local/lib/tierwright/tierwright_newspaper.py")

    copy = "/usr/bin/install -m 0440 -g www-data -t /run/apache2-secrets/newspaper"
    assert f"ExecStartPre={copy} /etc/newspaper/secrets/secret_key" in unit
    assert "/etc/newspaper/secrets/database_password" in unit
    assert 'os.environ["CREDENTIALS_DIRECTORY"] = "/run/apache2-secrets/newspaper"\n' in entry


@pytest.mark.parametrize(("count", "keys"), [(2, {}), (1, {"promise": {"p95_ms": 500}})])
def test_the_development_mode_is_refused_in_production(count: int, keys: dict[str, Any]) -> None:
    whole = served(count, settings={"development": True}, **keys)

    with pytest.raises(TierwrightError, match="write development: false, or try the site") as refused:
        get(ROLE).files(whole.find("web1", ROLE))

    assert refused.value.place is not None
    assert refused.value.place.path == "tier web"


def test_the_development_mode_of_one_server_loads_the_code_for_each_request() -> None:
    whole = cluster(tier("web", [{ROLE: {"development": True}}, "sqlite"]))

    sites = text_of(whole, "web1", SITES)

    assert number(r"^MaxConnectionsPerChild (\d+)$", text_of(whole, "web1", MAIN)) == 1
    assert "PythonAutoReload On\n" in sites
    assert "PythonDebug On\n" in sites


def test_files_are_its_own_until_a_media_server_has_them() -> None:
    alone = served()
    beside = cluster(tier("web", [ROLE, "memcached"]), tier("media", ["apache_media"]), DATABASE)

    [own] = get(ROLE).endpoints(alone.find("web1", ROLE))
    [pages] = get(ROLE).endpoints(beside.find("web1", ROLE))

    assert (own.service, own.carries) == ("web", frozenset(KINDS))
    assert pages.carries == DYNAMIC
    redirect = 'Redirect 301 "/media/" "http://media.www.example.com/media/"\n'
    assert redirect in text_of(beside, "web1", SITES)


def test_files_by_their_ending_are_looked_for_among_the_static_ones() -> None:
    text = text_of(served(settings={"file_endings": ["jpg", "png"]}), "web1", SITES)

    assert 'AliasMatch "^/(.+\\.(jpg|png))$" "/srv/newspaper/static/$1"\n' in text
    assert '<LocationMatch "\\.(jpg|png)$">\n' in text


def test_every_process_holds_a_connection_for_each_site() -> None:
    whole = served(2, sites=(SITE, BLOG), settings={"max_request_workers": 5})

    said = reading(whole, "web1", ROLE)

    assert said.opens["sql"] == 10
    assert {need.connections for need in get(ROLE).needs(whole.find("web1", ROLE))} == {10}
    assert whole.connections_to("db1", "sql") == 20


def test_a_written_number_is_kept_and_says_so() -> None:
    whole = served(settings={"max_request_workers": 7})

    main = next(file for file in get(ROLE).files(whole.find("web1", ROLE)) if file.path == MAIN)

    assert reason(main, "max_request_workers").formula == "as written in the plan"
    assert reading(whole, "web1", ROLE).slots == 7
