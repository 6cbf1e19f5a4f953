"""Lets Apache test the files, and looks at what its test passes over: whom it passes to, and the path that it sends."""

from __future__ import annotations

from collections.abc import Sequence

from topology.components.apache.checking import directives, sites_differ, tested, verdict
from topology.components.apache.parsing import Directive
from topology.components.apache.proxy_fastcgi.backends import backends_of
from topology.components.apache.proxy_fastcgi.files import SITES
from topology.components.apache.proxy_fastcgi.reader import passed_on, url_of
from topology.components.apache.vhosts import vhosts_of
from topology.components.base import Placed, Stage, Verdict
from topology.components.fronting import folders_of

OVERRIDES = {("true", "SCRIPT_NAME", ""), ("true", "PATH_INFO", "%{REQUEST_URI}")}


def check(stage: Stage) -> Verdict:
    """apache2 -t; every site has its names, its folders, its applications, and both overrides of the path."""
    return verdict(tested(stage) or _differs(stage.placed, directives(stage, SITES)))


def _differs(placed: Placed, found: Sequence[Directive]) -> str:
    return (
        sites_differ(placed, found)
        or _applications_differ(placed, found)
        or _passes_files_on(placed, found)
        or _path_lost(found, len(vhosts_of(placed)))
    )


def _applications_differ(placed: Placed, found: Sequence[Directive]) -> str:
    written = {url_of(words) for words in passed_on(found)}
    expected = {backend.url for site in placed.cluster.sites for backend in backends_of(placed, site)}
    odd = ", ".join(sorted(written ^ expected))
    return f"the applications differ from the design: {odd}" if odd else ""


def _passes_files_on(placed: Placed, found: Sequence[Directive]) -> str:
    """A folder whose exception is missing is asked of Django, which does not serve files."""
    excepted = {each.words[0] for each in found if each.name == "proxypass" and each.words[1] == "!"}
    wanted = {folder["url"] for site in placed.cluster.sites for folder in folders_of(site)}
    missing = ", ".join(sorted(wanted - excepted))
    return f"these folders would be passed on to the application: {missing}" if missing else ""


def _path_lost(found: Sequence[Directive], vhosts: int) -> str:
    """Without the two overrides every URL is the home page, and Apache says nothing."""
    given = [each.words for each in found if each.name == "proxyfcgisetenvif"]
    if len(given) == 2 * vhosts and set(given) == OVERRIDES:
        return ""
    return "SCRIPT_NAME and PATH_INFO are not set for every name: the application would take each URL for its home page"
