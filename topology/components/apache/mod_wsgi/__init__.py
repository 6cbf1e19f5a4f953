"""Apache in front, and each site in daemon processes of its own beside it: mod_wsgi.

It is how a site that lived under mod_python goes on today: one program, one log, Apache's own words for files, names
and access, and yet the code of a site is held by few processes while slow clients and idle connections cost a thread
of the event MPM. Where nothing speaks for Apache, `nginx` and `gunicorn` do the same with less memory.
Version 5 of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components import fronting, serving
from topology.components.apache.cost import FILE_EVENT
from topology.components.apache.mod_wsgi.files import ROLE, files_of
from topology.components.apache.mod_wsgi.reader import reading_of
from topology.components.apache.mod_wsgi.settings import ModWsgiSettings, memory_of, size
from topology.components.apache.mod_wsgi.texts import LOGS, TROUBLES
from topology.components.apache.mod_wsgi.validate import boot, check
from topology.components.apache.python import PythonInApache
from topology.components.base import (
    ConfigFile,
    Endpoint,
    Measured,
    Memory,
    Need,
    Placed,
    Sizing,
    Validator,
)
from topology.components.reading import Reading, Texts


class ModWsgi(PythonInApache):
    """Apache with mod_wsgi."""

    name = "mod_wsgi"
    title = "Apache with mod_wsgi"
    roles = {ROLE: "Apache that runs the site's Python code in processes beside its own"}  # noqa: RUF012
    offers = {ROLE: ("web", "app")}  # noqa: RUF012
    era = ("today",)
    packages = {"debian12": "4.9.4", "ubuntu2404": "5.0.0"}  # noqa: RUF012
    package = "apache2 libapache2-mod-wsgi-py3 python3-venv"
    settings = ModWsgiSettings
    evidence = "booted"
    answer = "GET /none/: 404"
    measured = Measured(memory_mib=88, cpu_ms=0.6, says="a page without database, 2 daemons (200 asked)")
    file_cpu = FILE_EVENT
    logs = LOGS
    troubles = TROUBLES
    validator = Validator(
        program="apache2",
        package="libapache2-mod-wsgi-py3",
        says="apache2 -t without a warning, the scripts compiled, names, folders and environments as in the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80: Apache and the applications of all sites behind it."""
        sized, sites = size(placed), len(placed.cluster.sites)
        return (fronting.endpoint(placed, slots=sized["slots"] * sites, processes=sized["processes"] * sites),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """Database and cache: a connection of each thread of every site."""
        return serving.needs(placed, size(placed)["slots"])

    def size(self, placed: Placed) -> Sizing:
        """Daemons, Apache's processes and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Apache, the sites, a script for each of them."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What the files say."""
        return reading_of(texts)

    def memory(self, placed: Placed) -> Memory:
        """Apache's processes and the daemons."""
        return memory_of(placed)


COMPONENT = ModWsgi()
