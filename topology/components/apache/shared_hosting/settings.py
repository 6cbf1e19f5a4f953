"""Settings of shared hosting, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing as rules
from topology.components.apache.python import memory_share
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess
from topology.fields import AbsPath

PROCESS_MIB = guess(35, 85, 250, "a process with a tiny site measured 35 MiB (PSS) here; a real one imports more")


class SharedHostingSettings(Settings):
    """Settings of the role shared_hosting."""

    processes: Annotated[int, Field(ge=1, le=512)] | None = None
    """Processes of each site that the provider allows; ask there, for a customer cannot set it."""
    python: AbsPath | None = None
    """The Python that has the site's packages, by its whole path; by default /srv/SITE/venv/bin/python."""
    process_seconds: Annotated[int, Field(ge=1, le=60)] | None = None
    """Seconds after which a process sees that its file was touched, and makes way for one with the new code."""


def size(placed: Placed) -> Sizing:
    """Processes of one account."""
    sizer = Sizer(placed.written)
    cores, sites, share = placed.host.type.cores, len(placed.cluster.sites), memory_share(placed)
    ram = placed.host.type.ram_mib
    sizer.set(
        "processes",
        rules.app_workers(cores=cores, sites=sites, budget_mib=ram * share, worker_mib=PROCESS_MIB.high),
        "what the server would carry: min((2 × cores + 1) / sites, memory share × RAM / (sites × MiB of a large"
        " process)); the provider's own limit holds where it is lower",
        cores=cores,
        sites=sites,
        ram_mib=ram,
        memory_share=share,
        process_mib=PROCESS_MIB.high,
    )
    sizer.set("process_seconds", 1, "a look at one file a second costs nothing")
    return sizer.done()


def memory_of(placed: Placed) -> Memory:
    """Processes of every site; Apache is the provider's."""
    processes: int = size(placed)["processes"]
    parts = {f"processes of {site.name}": PROCESS_MIB.scaled(processes) for site in placed.cluster.sites}
    return Memory(parts=parts)
