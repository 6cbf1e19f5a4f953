"""The files of mod_python: the whole Apache, the sites, the bridge, and for each site a module that enters it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from topology.components.apache.checking import UNKNOWN
from topology.components.apache.main import UNIT, main_file, sites_path
from topology.components.apache.mod_python.settings import endings_of, size, workers_of
from topology.components.apache.python import LIBRARY, entry_of
from topology.components.apache.units import drop_in
from topology.components.apache.vhosts import values_of, vhosts_of
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.rendering import render
from topology.design import Site

ROLE = "mod_python"
SITES = sites_path(ROLE)
BRIDGE = f"{LIBRARY}/tierwright_modpython.py"
MODULES = ("alias", "expires", "python")
_BRIDGE = Path(__file__).with_name("bridge.py.txt").read_text(encoding="utf-8")


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Everything that Apache reads on this host."""
    sized = size(placed)
    main = main_file(placed, modules=MODULES, mpm="prefork", workers=workers_of(sized), sizing=sized)
    sites = ConfigFile(path=SITES, text=_sites(component, placed, sized), action="restart", unit=UNIT)
    bridge = ConfigFile(path=BRIDGE, text=_BRIDGE, action="restart", unit=UNIT)
    entries = (_entry(component, placed, site, sized) for site in placed.cluster.sites)
    return (main, sites, bridge, *entries, drop_in(placed, with_secrets=True))


def module_of(site: Site) -> str:
    """Name of the module that enters a site."""
    return f"tierwright_{site.name.replace('-', '_')}"


def interpreters_of(placed: Placed) -> dict[str, str]:
    """The interpreter of each site: Python's own for one site, else one each, so that no two share their modules."""
    sites = placed.cluster.sites
    return {site.name: site.name if len(sites) > 1 else "main_interpreter" for site in sites}


def _sites(component: Component, placed: Placed, sized: Sizing) -> str:
    return render(
        component,
        "mod_python.conf.j2",
        library=LIBRARY,
        unknown=UNKNOWN,
        development=sized["development"],
        s={"file_seconds": sized["file_seconds"]},
        sites=[_site(placed, site) for site in placed.cluster.sites],
        vhosts=list(_vhosts(placed)),
    )


def _vhosts(placed: Placed) -> Iterator[dict[str, Any]]:
    """Apache takes the last Location that fits, so the longest path comes last."""
    for vhost in vhosts_of(placed):
        sites = [_site(placed, site) for site in reversed(vhost.sites)]
        yield {"names": list(vhost.names), "sites": sites}


def _site(placed: Placed, site: Site) -> dict[str, Any]:
    return values_of(
        placed,
        site,
        entry=module_of(site),
        interpreter=interpreters_of(placed)[site.name],
        endings=list(endings_of(placed)),
    )


def _entry(component: Component, placed: Placed, site: Site, sized: Sizing) -> ConfigFile:
    upload = sized["upload_mib"] * 1024 * 1024
    text = render(component, "entry.py.j2", upload_bytes=upload, **entry_of(placed, site))
    return ConfigFile(path=f"{LIBRARY}/{module_of(site)}.py", text=text, action="restart", unit=UNIT)
