"""Lets Apache test the files of mod_python, compiles what Python will read, and starts it with a Django project."""

from __future__ import annotations

from topology.components.apache.checking import directives, sites_differ, tested, verdict
from topology.components.apache.mod_python.files import BRIDGE, SITES, interpreters_of, module_of
from topology.components.apache.mod_python.settings import endings_of, size
from topology.components.apache.parsing import Directive, last
from topology.components.apache.python import LIBRARY, compiled
from topology.components.apache.trying import ask_site, settings_path
from topology.components.base import Stage, Verdict


def check(stage: Stage) -> Verdict:
    """apache2 -t; the Python compiles; every site has its names, its path, its module and an interpreter of its own."""
    entries = [f"{LIBRARY}/{module_of(site)}.py" for site in stage.placed.cluster.sites]
    return verdict(tested(stage) or compiled(stage, BRIDGE, *entries) or _differs(stage, directives(stage, SITES)))


def _differs(stage: Stage, found: tuple[Directive, ...]) -> str:
    return sites_differ(stage.placed, found) or _entries_differ(stage, found) or _in_development(stage, found)


def _entries_differ(stage: Stage, found: tuple[Directive, ...]) -> str:
    """Two sites in one interpreter would have one DJANGO_SETTINGS_MODULE, and each answer for the other."""
    interpreters = interpreters_of(stage.placed)
    wanted = {(site.path, module_of(site), interpreters[site.name]) for site in stage.placed.cluster.sites}
    odd = _entered(found) ^ wanted
    return f"sites entered otherwise than by the design: {sorted(odd)}" if odd else ""


def _entered(found: tuple[Directive, ...]) -> set[tuple[str, str, str]]:
    """Path, module and interpreter of every Location that Python answers."""
    handlers = {each.within: each.words[0] for each in found if each.name == "pythonhandler"}
    interpreters = [(each.within, each.words[0]) for each in found if each.name == "pythoninterpreter"]
    return {(within[-1][1], handlers.get(within, ""), name) for within, name in interpreters}


def _in_development(stage: Stage, found: tuple[Directive, ...]) -> str:
    """Apache takes any value of these; on a server that others use each of them is a mistake."""
    if size(stage.placed)["development"]:
        return ""
    for name in ("PythonDebug", "PythonAutoReload"):
        if last(found, name, "On").lower() != "off":
            return f"{name} is not Off: visitors would see tracebacks, or code would be loaded while it is changed"
    return ""


_EVERY_SITE = r"""
for place in sys.argv[4].split(","):
    host, _, path = place.partition("/")
    print(f"{place}: {get('/' + path, host=host)[1]}")
for path in sys.argv[5].split(","):
    print(f"by its ending: GET {prefix}{path}: {asked(path)[0]} {asked(path)[1].strip()[:20]}")
"""
_CHANGED = r"""
host, prefix, key, settings = sys.argv[1:5]
print(f"GET /-/health: {wait_http('/-/health', host=host)[0]}")
processes = {get("/process/", host=host)[1] for _ in range(3)}
print(f"processes that answered 3 requests: {len(processes)}")
print("before the change:", get("/", host=host)[1])
with open(settings, "a") as file:
    file.write("\nKEY = 'the code as it is now'\n")
print("after it, nothing restarted:", get("/", host=host)[1])
measured(lambda: get("/", host=host), 3, "a page with all its code loaded anew")
"""


def boot(stage: Stage) -> Verdict:
    """The last site is asked everything, and each of the others who it is; in development, whether changes are seen."""
    sites = stage.placed.cluster.sites
    if size(stage.placed)["development"]:
        return _boot_changed(stage)
    site, endings = sites[-1], endings_of(stage.placed)
    places = [f"{each.domains[0]}{each.path}" for each in sites]
    files = [f"/picture.{ending}" for ending in endings[:1]]
    return ask_site(
        stage,
        site,
        more=_EVERY_SITE if len(sites) > 1 and files else "",
        words=(",".join(places), ",".join(files)),
        expects=(
            "half an answer: IncompleteRead",
            *(f"{each.domains[0]}{each.path}: {each.name} at {each.path} below" for each in sites if len(sites) > 1),
            *(f"by its ending: GET {site.path.rstrip('/')}{path}: 200 a picture" for path in files),
        ),
    )


def _boot_changed(stage: Stage) -> Verdict:
    site = stage.placed.cluster.sites[0]
    return ask_site(
        stage,
        site,
        ask=_CHANGED,
        words=(settings_path(site),),
        expects=(
            "processes that answered 3 requests: 3",
            f"before the change: {site.name} at /",
            "after it, nothing restarted: the code as it is now at /",
        ),
    )
