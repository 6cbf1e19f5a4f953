"""The application server: worker processes that hold the site's Python code and answer pages and API calls.

It is what a growing site runs out of first: in most sites Python takes far more CPU than the database. Each site
has its own workers, its own systemd unit and its own socket; gunicorn itself comes from the site's virtual
environment, /srv/SITE/venv. A web server stands before it, since it must not be left alone with slow clients.
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
from topology.components.gunicorn.boot import boot
from topology.components.gunicorn.files import files_of
from topology.components.gunicorn.reader import read
from topology.components.gunicorn.settings import MASTER_MIB, WORKER_MIB, GunicornSettings, listening_of, size
from topology.components.gunicorn.validate import check
from topology.components.reading import Reading, Texts
from topology.workload import Kind, RequestClass


class Gunicorn(Component):
    """The application server."""

    name = "gunicorn"
    title = "gunicorn"
    roles = {"gunicorn": "runs the site's Python code"}  # noqa: RUF012
    offers = {"gunicorn": ("app",)}  # noqa: RUF012
    packages = {"debian12": "3.11.2", "ubuntu2404": "3.12.3"}  # noqa: RUF012
    package = "python3-venv"
    settings = GunicornSettings
    evidence = "booted"
    answer = "GET /-/health: 200 ok"
    validator = Validator(
        program="gunicorn",
        package="python3-venv",
        says="gunicorn --check-config, its settings held against those that gunicorn knows, systemd-analyze verify",
        check=check,
        boot=boot,
    )

    measured = Measured(
        memory_mib=136, cpu_ms=1.45, says="a page of 100 rows without a database, 200 times, one site on a small server"
    )
    logs = (Log(path="journal: app-SITE.service", says="what the site prints, its errors, and why it did not start"),)
    troubles = (
        Trouble(
            sees="the unit ends at once with `Worker failed to boot`",
            does="The site's code cannot be imported; the traceback stands above it. Run manage.py check with the"
            " site's settings as www-data.",
        ),
        Trouble(
            sees="`WORKER TIMEOUT`, and the worker starts anew",
            does="Every thread of a worker was busy for longer than timeout, or it waited for something that never"
            " came. Look for a call without a timeout of its own: another site, a mail server, a lock.",
        ),
        Trouble(
            sees="pages get slow while the CPU is idle",
            does="All slots wait, most likely for the database: more threads hold more waiting requests, more workers"
            " would only take memory.",
        ),
        Trouble(
            sees="a worker is killed, `Perhaps out of memory?`",
            does="The kernel ended it. Fewer workers, or max_requests where their memory grows from request to"
            " request.",
        ),
        Trouble(
            sees="new code is not seen",
            does="`systemctl reload app-SITE` loads it anew, worker by worker, and refuses nobody meanwhile.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """One for each site: a socket where every web server is beside its application, else a port."""
        sized = size(placed)
        return serving.endpoints(listening_of(placed), slots=sized["slots"], processes=sized["workers"])

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The database, by a pool where there is one, and the cache: a connection of each for every slot."""
        return serving.needs(placed, size(placed)["slots"])

    def size(self, placed: Placed) -> Sizing:
        """Workers, threads and timeouts."""
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
                does=f"Put the code of {site.name} at {site.code.directory} and its packages, gunicorn among them,"
                f" into {site.root}/venv.",
                lines=serving.preparation_lines(site, package="gunicorn"),
            )
            for site in placed.cluster.sites
        )

    def memory(self, placed: Placed) -> Memory:
        """Workers and masters."""
        count: int = size(placed)["workers"]
        return serving.memory(placed, processes="workers", each=WORKER_MIB, count=count, master=MASTER_MIB)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """Python's CPU for one request, less for those that the cache answers."""
        return serving.page_demand(kind, item)


COMPONENT = Gunicorn()
