"""The application server uWSGI: processes that hold the site's Python code and speak the uwsgi protocol to nginx.

Use it where it is known already, or where a request must be ended for sure after its time: harakiri ends the process
that works on it, which gunicorn's threads cannot. Each site has its own processes, options file, systemd unit and
socket. The program and its Python come from the system, so the site's virtual environment, /srv/SITE/venv, is made by
the system's own Python. Its project is in maintenance only; a new site is better served by gunicorn.
"""

from __future__ import annotations

from topology.components import serving
from topology.components.base import (
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Preparation,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.reading import Reading, Texts
from topology.components.uwsgi.boot import boot
from topology.components.uwsgi.files import files_of
from topology.components.uwsgi.reader import read
from topology.components.uwsgi.settings import MASTER_MIB, PROCESS_MIB, UwsgiSettings, listening_of, size
from topology.components.uwsgi.validate import check
from topology.workload import Kind, RequestClass


class Uwsgi(Component):
    """The application server uWSGI."""

    name = "uwsgi"
    title = "uWSGI"
    roles = {"uwsgi": "runs the site's Python code and speaks the uwsgi protocol"}  # noqa: RUF012
    offers = {"uwsgi": ("app",)}  # noqa: RUF012
    packages = {"debian12": "2.0.21", "ubuntu2404": "2.0.24"}  # noqa: RUF012
    package = "uwsgi-core uwsgi-plugin-python3 python3-venv"
    settings = UwsgiSettings
    evidence = "booted"
    answer = "GET /-/health: 200"
    validator = Validator(
        program="uwsgi",
        package="uwsgi-core",
        says="uwsgi --ini FILE --no-server with a site in its place, what it passes over, systemd-analyze verify",
        check=check,
        boot=boot,
    )

    measured = Measured(memory_mib=63, cpu_ms=1.05, says="a page of 100 rows over uwsgi, 200 times, five processes")
    logs = (
        Log(path="journal: app-SITE.service", says="what the site prints, its errors, requests that ended with 5xx"),
    )
    troubles = (
        Trouble(
            sees="the unit ends at once with `unable to load app 0` or `no python application found`",
            does="The site's code cannot be imported; the traceback stands above it. The virtual environment must be"
            " made by the system's own Python, which uWSGI is built with.",
        ),
        Trouble(
            sees="`HARAKIRI ON WORKER`, and the client gets 502",
            does="The request took longer than harakiri. The lines below name its address; look for a call in it that"
            " has no timeout of its own.",
        ),
        Trouble(
            sees="`invalid request block size`, and the client gets 502",
            does="The head of the request, most likely its cookies, is above buffer-size; or something that speaks"
            " HTTP talks to the socket: the web server needs uwsgi_pass.",
        ),
        Trouble(
            sees="it does not start: `Listen queue size is greater than the system max net.core.somaxconn`",
            does="listen is above what the kernel allows: lower it, or raise net.core.somaxconn.",
        ),
        Trouble(
            sees="new code is not seen",
            does="`systemctl reload app-SITE` loads it anew; requests wait in the socket meanwhile.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """One for each site: a socket where every web server is beside its application, else a port."""
        sized = size(placed)
        return serving.endpoints(
            listening_of(placed), slots=sized["slots"], processes=sized["processes"], speaks="uwsgi"
        )

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The database, by a pool where there is one, and the cache: a connection of each for every slot."""
        return serving.needs(placed, size(placed)["slots"])

    def size(self, placed: Placed) -> Sizing:
        """Processes, threads and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Configuration and unit of every site."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its configurations and units say."""
        return read(placed, texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The site's code and its virtual environment."""
        return tuple(
            Preparation(
                does=f"Put the code of {site.name} at {site.code.directory} and its packages into"
                f" {site.root}/venv, made by the system's own Python, which uWSGI is built with.",
                lines=serving.preparation_lines(site, python="/usr/bin/python3"),
            )
            for site in placed.cluster.sites
        )

    def memory(self, placed: Placed) -> Memory:
        """Processes and masters."""
        count: int = size(placed)["processes"]
        return serving.memory(placed, processes="processes", each=PROCESS_MIB, count=count, master=MASTER_MIB)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """Python's CPU for one request, less for those that the cache answers."""
        return serving.page_demand(kind, item)


COMPONENT = Uwsgi()
