"""What the roles with Python inside Apache share: whom they serve, what they want, and where a site's code is."""

from __future__ import annotations

from typing import Any, ClassVar

from topology import sizing
from topology.components.apache.main import UNIT
from topology.components.apache.units import secrets_folder
from topology.components.base import FILES, Component, Demand, Placed, Preparation, Stage
from topology.components.serving import page_demand, preparation_lines
from topology.demands import bytes_of
from topology.design import Site
from topology.value import Estimate
from topology.workload import Kind, RequestClass

LIBRARY = "/usr/local/lib/tierwright"
"""Folder of the code that a bundle brings for Apache: what enters a site, and the bridge of mod_python."""
PYTHONS = {"debian12": "3.11", "ubuntu2404": "3.12"}
"""The Python that the system's mod_python and mod_wsgi are built with; a virtual environment must be made by it."""
NEIGHBOURS = ("sql", "sql_replica", "cache", "nfs")
"""Services that need memory of their own on the same server."""


_COMPILE = "import sys\nfor path in sys.argv[1:]:\n    compile(open(path).read(), path, 'exec')"


def compiled(stage: Stage, *paths: str) -> str:
    """What is wrong with files of Python, which Apache's test does not open; empty where nothing is."""
    ran = stage.run(["/usr/bin/python3", "-c", _COMPILE, *paths], as_root=False)
    return "" if ran.status == 0 else "\n".join(ran.output.strip().splitlines()[-3:]) or "python3 failed"


def memory_share(placed: Placed) -> float:
    """Share of the server's memory for Python: half beside a database or cache, else three quarters."""
    beside = {host.name for host in placed.cluster.hosts_offering(*NEIGHBOURS)}
    return 0.5 if placed.host.name in beside else 0.75


def entry_of(placed: Placed, site: Site) -> dict[str, Any]:
    """What the code that enters a site is told; for templates."""
    module, _, name = site.code.wsgi.partition(":")
    return {
        "site": site.name,
        "module": module,
        "application": name or "application",
        "settings": site.code.settings,
        "paths": [f"/etc/{site.name}", site.code.directory],
        "packages": packages_of(placed, site),
        "secrets": secrets_folder(site),
        "prefix": site.path.rstrip("/"),
        "health": f"{site.path.rstrip('/')}/{sizing.HEALTH_PATH}",
    }


def packages_of(placed: Placed, site: Site) -> str:
    """The folder of the packages of a site's virtual environment."""
    return f"{site.root}/venv/lib/python{PYTHONS[placed.cluster.design.system]}/site-packages"


def _code_and_packages(placed: Placed, program: str) -> tuple[Preparation, ...]:
    """The site's code and its virtual environment, made by the Python that Apache's module is built with."""
    python = PYTHONS[placed.cluster.design.system]
    return tuple(
        Preparation(
            does=f"Put the code of {site.name} at {site.code.directory} and its packages into {site.root}/venv, made by"
            f" the system's own Python {python}: {program} is built with it, and another Python's packages would not"
            " load. Code, packages and the folders above them must be readable for www-data.",
            lines=preparation_lines(site, python="/usr/bin/python3"),
        )
        for site in placed.cluster.sites
    )


def _secrets_stay_closed(placed: Placed) -> Preparation:
    """Why nothing is to be done to the secrets, where a person would open them."""
    names = ", ".join(site.name for site in placed.cluster.sites)
    return Preparation(
        does=f"Leave /etc/SITE/secrets of {names} closed, root's alone: Apache's processes run the sites as www-data"
        " and cannot read them there. Each start of apache2.service copies them to /run/apache2-secrets, in memory,"
        " readable for the group www-data; after a secret is changed, restart apache2.service."
    )


class PythonInApache(Component):
    """An Apache that runs the sites' Python, in its own processes or in some that it starts."""

    file_cpu: ClassVar[Estimate]
    """What it takes to send a file."""

    def app_unit(self, placed: Placed, site: Site) -> str:
        """Apache itself."""
        return UNIT

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """Code, packages, and what becomes of the secrets."""
        return (*_code_and_packages(placed, self.name), _secrets_stay_closed(placed))

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A file that Apache sends, or the page of an application.

        In one run a page of 100 rows cost 1.59 ms under mod_python and 1.51 under mod_wsgi, Apache's part included, and
        1.49 under gunicorn alone; the same page empty cost 0.31, 0.44 and 0.40: no difference is assumed to gunicorn's
        figures in the table.
        """
        if kind in FILES:
            return Demand(cpu_ms=self.file_cpu, bytes_out=bytes_of(item, kind))
        return page_demand(kind, item)
