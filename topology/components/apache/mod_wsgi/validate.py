"""Lets Apache test the files of mod_wsgi, compiles the scripts, and starts it with a Django project."""

from __future__ import annotations

from topology.components.apache.checking import directives, sites_differ, tested, verdict
from topology.components.apache.mod_wsgi.files import SITES, mount_of, script_of
from topology.components.apache.parsing import Directive
from topology.components.apache.python import compiled
from topology.components.apache.trying import ask_site
from topology.components.base import Stage, Verdict

_EVERY_SITE = r"""
for place in sys.argv[4].split(","):
    host, _, path = place.partition("/")
    print(f"{place}: {get('/' + path, host=host)[1]}")
"""


def check(stage: Stage) -> Verdict:
    """apache2 -t; the scripts are there and compile; every site has its names, path, daemons and environment."""
    found = directives(stage, SITES)
    scripts = [script_of(site) for site in stage.placed.cluster.sites]
    return verdict(tested(stage) or compiled(stage, *scripts) or _differs(stage, found))


def _differs(stage: Stage, found: tuple[Directive, ...]) -> str:
    return sites_differ(stage.placed, found) or _entries_differ(stage, found) or _homes_differ(stage, found)


def _entries_differ(stage: Stage, found: tuple[Directive, ...]) -> str:
    """A site that is mounted nowhere, or run by another's processes."""
    mounted = {each.words for each in found if each.name == "wsgiscriptalias"}
    wanted = {
        (mount_of(site), script_of(site), f"process-group={site.name}", "application-group=%{GLOBAL}")
        for site in stage.placed.cluster.sites
    }
    odd = mounted ^ wanted
    return f"sites entered otherwise than by the design: {sorted(odd)}" if odd else ""


def _homes_differ(stage: Stage, found: tuple[Directive, ...]) -> str:
    """Apache's test does not look whether python-home is there, nor does anybody until the first request."""
    homes = {each.words[0]: word for each in found for word in each.words if word.startswith("python-home=")}
    wanted = {site.name: f"python-home={site.root}/venv" for site in stage.placed.cluster.sites}
    odd = sorted(set(homes.items()) ^ set(wanted.items()))
    return f"environments other than those of the design: {odd}" if odd else ""


def boot(stage: Stage) -> Verdict:
    """The last site is asked everything, and each of the others who it is."""
    sites = stage.placed.cluster.sites
    several = sites if len(sites) > 1 else ()
    return ask_site(
        stage,
        sites[-1],
        more=_EVERY_SITE if several else "",
        words=(",".join(f"{site.domains[0]}{site.path}" for site in several),),
        expects=tuple(f"{site.domains[0]}{site.path}: {site.name} at {site.path} below" for site in several),
    )
