"""Settings of mod_python, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology.components.apache.main import Workers, set_main
from topology.components.apache.python import memory_share
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess
from topology.errors import Place, TierwrightError
from topology.fields import Word

SITE_MIB = guess(25, 70, 230, "a site in a prefork process: 36 MiB (PSS) were measured for a tiny one, Apache included")
CHILD_MIB = guess(4, 8, 20, "a prefork process with an empty Python, beside its sites")
PARENT_MIB = guess(8, 12, 25, "the parent has loaded Python but no site")
MOST = 256
"""ServerLimit of the prefork MPM as it comes."""


class ModPythonSettings(Settings):
    """Settings of the role mod_python."""

    max_request_workers: Annotated[int, Field(ge=1, le=2000)] | None = None
    """Processes, each with every site's code: by default as many as the memory holds, RAM / MiB of a large one."""
    max_requests_per_child: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Connections after which a process starts anew, against leaks of memory; 0 is never."""
    file_endings: Annotated[tuple[Word, ...], Field(max_length=30)] | None = None
    """Endings such as jpg, gif, png: what ends so is looked for among the site's static files, and never reaches
    Django; by default only /static/ and /media/ are Apache's."""
    file_seconds: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """How long a browser may keep a static or media file without asking again; an hour by default."""
    development: bool | None = None
    """Loads the code anew for each request and shows tracebacks in the browser; refused where a plan has a promise
    or more than one server."""


def size(placed: Placed) -> Sizing:
    """Processes and timeouts of one server; raises TierwrightError for a development mode in production."""
    sizer = Sizer(placed.written)
    development = sizer.set(
        "development", False, "a site that others use keeps its code loaded and its faults to itself"
    )
    if development:
        _refuse_production(placed)
    _set_processes(sizer, placed)
    sizer.set(
        "max_requests_per_child",
        1 if development else 0,
        "1 in development: each request has a new process, with the code as it is now; else no leak is assumed until"
        " one is seen",
        development=development,
    )
    sizer.set("file_seconds", 0 if development else 3600, "an hour; longer once file names carry a hash")
    set_main(sizer, placed, keep_alive=False)
    return sizer.done()


def _refuse_production(placed: Placed) -> None:
    design = placed.cluster.design
    if design.promise is not None or len(design.hosts) > 1:
        raise TierwrightError(
            "mod_python's development mode loads all code anew for each request and shows every"
            " traceback to whoever asks; it is refused where a plan has a promise or more than one server: write"
            " development: false, or try the site with a plan of one server and no promise",
            place=Place(path=f"tier {placed.host.tier}"),
        )


def _set_processes(sizer: Sizer, placed: Placed) -> None:
    """RAM / MiB of a process: more would swap, and a swapping prefork server does not come back by itself."""
    ram, share, sites = placed.host.type.ram_mib, memory_share(placed), len(placed.cluster.sites)
    child = CHILD_MIB.high + sites * SITE_MIB.high
    sizer.set(
        "max_request_workers",
        max(1, min(MOST, int(ram * share / child))),
        "memory share × RAM / MiB of a large process, which holds the code of every site; from 1 to 256. All start at"
        " once: children that are started under load, each loading Django, kept a server clogged after a rush was over",
        ram_mib=ram,
        memory_share=share,
        child_mib=child,
        sites=sites,
    )


def workers_of(sized: Sizing) -> Workers:
    """What the prefork MPM starts."""
    return Workers(processes=sized["max_request_workers"], requests_per_child=sized["max_requests_per_child"])


def endings_of(placed: Placed) -> tuple[str, ...]:
    """Endings of files that Apache serves wherever they are asked for."""
    written = placed.written
    return (written.file_endings or ()) if isinstance(written, ModPythonSettings) else ()


def memory_of(placed: Placed) -> Memory:
    """The parent, the processes and each site in every one of them."""
    children: int = size(placed)["max_request_workers"]
    parts = {"parent": PARENT_MIB, "processes": CHILD_MIB.scaled(children)}
    parts.update({f"code of {site.name}": SITE_MIB.scaled(children) for site in placed.cluster.sites})
    return Memory(parts=parts)
