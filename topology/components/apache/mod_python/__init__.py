"""Apache with Python inside: mod_python, the chapter's first choice, run by a bridge of our own.

Every process of Apache holds the code of every site. It is simple, there is one program and one log, and it needs as
many processes as it has clients at once, each with all of Django. Take it to see the chapter's cluster at work, or for
a site that has it today; for a new site take `mod_wsgi` or `gunicorn`, which hold the code once a worker and not once
a connection. It has the prefork MPM, keep-alive off, all processes from the start, and files served by Apache itself.
Debian's own handler for WSGI answers 200 to everything, so the bundle brings a handler that keeps statuses.
"""

from __future__ import annotations

from topology.components import fronting, serving
from topology.components.apache.cost import FILE_PREFORK
from topology.components.apache.mod_python.files import ROLE, files_of
from topology.components.apache.mod_python.reader import reading_of
from topology.components.apache.mod_python.settings import ModPythonSettings, memory_of, size
from topology.components.apache.mod_python.texts import LOGS, TRANSLATIONS, TROUBLES
from topology.components.apache.mod_python.validate import boot, check
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


class ModPython(PythonInApache):
    """Apache with mod_python."""

    name = "mod_python"
    title = "Apache with mod_python"
    roles = {ROLE: "Apache that runs the site's Python code in its own processes"}  # noqa: RUF012
    offers = {ROLE: ("web", "app")}  # noqa: RUF012
    era = ("chapter",)
    packages = {"debian12": "3.5.0", "ubuntu2404": "3.5.0.1"}  # noqa: RUF012
    package = "apache2 libapache2-mod-python python3-venv"
    settings = ModPythonSettings
    evidence = "booted"
    answer = "GET /none/: 404"
    measured = Measured(memory_mib=124, cpu_ms=0.35, says="a page without database, 3 processes (200 asked)")
    file_cpu = FILE_PREFORK
    logs = LOGS
    troubles = TROUBLES
    translations = TRANSLATIONS
    validator = Validator(
        program="apache2",
        package="libapache2-mod-python",
        says="apache2 -t without a warning, the Python compiled, names, folders and interpreters as in the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80: Apache and the application in one."""
        slots = size(placed)["max_request_workers"]
        return (fronting.endpoint(placed, slots=slots, processes=slots),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """Database and cache: a connection of each process for every site."""
        return serving.needs(placed, size(placed)["max_request_workers"])

    def size(self, placed: Placed) -> Sizing:
        """Processes and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Apache, the sites, the bridge, a module for each site."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What the files say."""
        return reading_of(texts)

    def memory(self, placed: Placed) -> Memory:
        """All processes with all sites."""
        return memory_of(placed)


COMPONENT = ModPython()
