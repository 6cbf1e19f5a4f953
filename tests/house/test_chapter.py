"""The page on chapter 21: a verdict in every row, and links that lead to what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.conftest import ROOT
from topology.components import catalogue

PAGE = ROOT / "docs" / "chapter-21.md"
VERDICTS = ("**still true**", "**only under**", "**no longer**", "opinion", "history")
SYSTEMS = (
    *("Linux", "Ubuntu", "Windows", "MacOS", "Apache", "mod_python", "mod_php", "MySQL", "PHP", "Perl", "PostgreSQL"),
    *("FastCGI", "flup", "mod_fastcgi", "mod_rewrite", "mod_access", "mod_accesslog", "mod_alias", "lighttpd", "tux"),
    *("NFS", "mod_proxy", "Perlbal", "memcached", "Slony", "pgpool", "LAMP", "emacs", "vi", "pyexpat"),
    *("Amazon", "Blogger", "Craigslist", "Facebook", "Google", "LiveJournal", "Slashdot", "Wikipedia", "Yahoo"),
    *("YouTube", "round-robin DNS"),
)
"""Programs, protocols and companies that the chapter names."""
DIRECTIVES = (
    *("LoadModule", "Location", "Directory", "LocationMatch", "SetHandler", "PythonHandler", "SetEnv", "PythonDebug"),
    *("PythonPath", "PythonAutoReload", "PythonInterpreter", "VirtualHost", "NameVirtualHost", "ServerName"),
    *("MaxRequestsPerChild", "FastCGIExternalServer", "-socket", "-host", "DocumentRoot", "Alias", "RewriteEngine"),
    *("RewriteCond", "RewriteRule", "server.document-root", "fastcgi.server", "check-local", "alias.url"),
    *("url.rewrite-once", '$HTTP["host"]', "AddHandler", ".htaccess", "runfcgi", "daemonize=false", "pidfile"),
    *("DJANGO_SETTINGS_MODULE", "runfastcgi", "sys.path", "touch", "DATABASE_HOST", "MEDIA_ROOT", "Keep-alive"),
    *("error_log", "`print`", "`logging`", "prefork", "httpd.conf"),
)
"""Lines and options that the chapter writes."""
FIGURES = 5
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")


def rows() -> Iterator[tuple[str, str, str]]:
    """Statement, place here, and verdict of every row."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| the chapter says"):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            assert len(cells) == 3, line
            yield cells[0], cells[1], cells[2]


def test_every_statement_has_a_verdict() -> None:
    found = list(rows())

    assert len(found) > 225
    assert [row for row in found if not row[2].strip(" |").startswith(VERDICTS)] == []


def test_a_condition_is_named_wherever_there_is_one() -> None:
    assert [row for row in rows() if "**only under**" in row[2] and len(row[2]) < 25] == []


def test_whatever_is_not_opinion_says_where_it_is_met() -> None:
    assert [row for row in rows() if not row[1].strip() and not row[2].strip(" |").startswith("opinion")] == []


@pytest.mark.parametrize("named", [*SYSTEMS, *DIRECTIVES])
def test_what_the_chapter_names_has_a_row(named: str) -> None:
    whole = re.compile(rf"(?<![A-Za-z_]){re.escape(named)}(?![A-Za-z_])")

    assert [row for row in rows() if whole.search(row[0])], named


def test_each_figure_of_the_chapter_has_a_row() -> None:
    assert len([row for row in rows() if row[0].startswith("Figure: ")]) == FIGURES


def test_links_to_the_catalogue_name_components_that_are_there() -> None:
    targets = set(_LINK.findall(PAGE.read_text(encoding="utf-8")))
    named = {target.partition("#")[2] for target in targets if target.startswith("/catalogue/#")}

    assert named - set(catalogue().by_name) == set()


@pytest.mark.django_db
def test_the_page_and_every_page_that_it_links_to_can_be_read(client: Client) -> None:
    text = client.get("/docs/chapter-21/").content.decode()
    pages = set(re.findall(r'href="(/(?:docs|catalogue)/[^"#]*)', text))

    assert "sentence by sentence" in text
    assert [page for page in pages if client.get(page).status_code != 200] == []


@pytest.mark.django_db
def test_links_into_a_page_lead_to_a_place_on_it(client: Client) -> None:
    text = client.get("/docs/chapter-21/").content.decode()
    places = set(re.findall(r'href="(/(?:docs|catalogue)/[^"#]*)#([^"]+)"', text))
    pages = {page: client.get(page).content.decode() for page, _ in places}

    assert len(places) > 60
    assert [place for place in places if f'id="{place[1]}"' not in pages[place[0]]] == []
