"""Settings of Apache as a media server, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology.components.apache.main import Workers, set_main
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess

PROCESS_MIB = guess(3, 8, 25, "a process of the event MPM with 64 threads and few modules; buffers grow with traffic")
PARENT_MIB = guess(3, 6, 12, "the parent holds the configuration and answers nobody")
THREADS = 64


class MediaSettings(Settings):
    """Settings of the role apache_media."""

    processes: Annotated[int, Field(ge=1, le=256)] | None = None
    """Processes; by default one a core and at least two, so that one may end while the other answers."""
    threads: Annotated[int, Field(ge=8, le=512)] | None = None
    """Threads of each process; each sends one file, and none is held by an idle connection."""
    file_seconds: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """How long a browser may keep a static or media file without asking again; an hour by default."""


def size(placed: Placed) -> Sizing:
    """Processes, threads and timeouts of one server."""
    sizer = Sizer(placed.written)
    cores = placed.host.type.cores
    sizer.set("processes", max(2, cores), "one a core, at least 2", cores=cores)
    sizer.set("threads", THREADS, "ThreadLimit of the event MPM as it comes; a kept connection waits without a thread")
    sizer.set("file_seconds", 3600, "an hour; longer once file names carry a hash")
    set_main(sizer, placed, keep_alive=True)
    return sizer.done()


def workers_of(sized: Sizing) -> Workers:
    """What the event MPM starts."""
    return Workers(processes=sized["processes"], threads=sized["threads"])


def memory_of(placed: Placed) -> Memory:
    """The parent and its processes."""
    return Memory(parts={"parent": PARENT_MIB, "processes": PROCESS_MIB.scaled(size(placed)["processes"])})
