"""The application server uvicorn: processes that run the site's Python code by ASGI, many waiting requests in each.

Use it where views are `async` or answers are streams that last: a request that waits holds no process. Views that only
compute gain nothing by it and cost more, since each is handed to a thread. Each site has its own processes, systemd
unit and socket; uvicorn itself comes from the site's virtual environment, /srv/SITE/venv. Django opens a connection to
the database for each request under ASGI, so put PgBouncer beside it.
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
from topology.components.uvicorn.boot import boot
from topology.components.uvicorn.files import files_of
from topology.components.uvicorn.reader import read
from topology.components.uvicorn.settings import HANDING, MASTER_MIB, PROCESS_MIB, UvicornSettings, listening_of, size
from topology.components.uvicorn.validate import check
from topology.workload import Kind, RequestClass


class Uvicorn(Component):
    """The application server uvicorn."""

    name = "uvicorn"
    title = "uvicorn"
    roles = {"uvicorn": "runs the site's Python code by ASGI"}  # noqa: RUF012
    offers = {"uvicorn": ("app",)}  # noqa: RUF012
    packages = {"debian12": "3.11.2", "ubuntu2404": "3.12.3"}  # noqa: RUF012
    package = "python3-venv"
    settings = UvicornSettings
    keeps_connections = False
    evidence = "booted"
    answer = "GET /-/health: 200 ok"
    validator = Validator(
        program="uvicorn",
        package="python3-venv",
        says="options read by uvicorn, which enters a site in its place; systemd-analyze verify",
        check=check,
        boot=boot,
    )

    measured = Measured(memory_mib=87, cpu_ms=2.5, says="a page of 100 rows without async, 200 times, two processes")
    logs = (
        Log(path="journal: app-SITE.service", says="what the site prints, its errors, requests that were given up"),
    )
    troubles = (
        Trouble(
            sees="the unit ends at once with `Error loading ASGI app`",
            does="The site's ASGI module cannot be imported; the traceback stands above it. Where it is called"
            " otherwise than the WSGI module would tell, write asgi into the site's app.",
        ),
        Trouble(
            sees="503 `it took too long`",
            does="No answer had begun after the time that one request may take. A view without async goes on in its"
            " thread all the same: look for a call in it that has no timeout of its own.",
        ),
        Trouble(
            sees="all pages get slow at once while one of them computes",
            does="An async view computes or waits without await, and the event loop with it. Take async off that view,"
            " or hand the work to a thread.",
        ),
        Trouble(
            sees="the database has many short connections",
            does="Under ASGI Django keeps no connection from one request to the next. Let PgBouncer keep them.",
        ),
        Trouble(
            sees="new code is not seen",
            does="`systemctl reload app-SITE` loads it anew, process by process.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """One for each site: a socket where every web server is beside its application, else a port."""
        sized = size(placed)
        return serving.endpoints(listening_of(placed), slots=sized["slots"], processes=sized["processes"])

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The database, by a pool where there is one, and the cache: a connection of each for every slot."""
        return serving.needs(placed, size(placed)["slots"])

    def size(self, placed: Placed) -> Sizing:
        """Processes, slots and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Entry and unit of every site."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its entries and units say."""
        return read(placed, texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The site's code and its virtual environment."""
        return tuple(
            Preparation(
                does=f"Put the code of {site.name} at {site.code.directory} and its packages, uvicorn among them,"
                f" into {site.root}/venv.",
                lines=serving.preparation_lines(site, package="uvicorn"),
            )
            for site in placed.cluster.sites
        )

    def memory(self, placed: Placed) -> Memory:
        """Processes, and those that watch them."""
        count: int = size(placed)["processes"]
        return serving.memory(placed, processes="processes", each=PROCESS_MIB, count=count, master=MASTER_MIB)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """Python's CPU for one request, less for those that the cache answers."""
        return serving.page_demand(kind, item, HANDING)


COMPONENT = Uvicorn()
