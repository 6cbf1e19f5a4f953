"""Settings of pgBackRest, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.errors import Place, TierwrightError
from topology.fields import AbsPath

ROLE = "pgbackrest"
REPOSITORY = "/var/lib/pgbackrest"
POSTGRESQL: Mapping[str, int] = {"debian12": 15, "ubuntu2404": 16}


class PgbackrestSettings(Settings):
    """Settings of the role pgbackrest."""

    repository: AbsPath | None = None
    """Directory of the backups; by default Debian's /var/lib/pgbackrest. Best a mount from another server."""
    retention_full: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Full backups that are kept, with all that is needed to restore to any moment since the oldest; 2 by default."""
    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    """Hour of the day at which it backs up, in the server's time; 3 by default."""
    process_max: Annotated[int, Field(ge=1, le=64)] | None = None
    """Processes that compress and copy at once; by default a quarter of the cores."""


def size(placed: Placed) -> Sizing:
    """Where to, how many, and when."""
    sizer, cores = Sizer(placed.written), placed.host.type.cores
    sizer.set("repository", REPOSITORY, "Debian's own; a backup on the server itself is lost with its disk")
    sizer.set("retention_full", 2, "one that is whole while the next one is made (a rule of thumb)")
    sizer.set("hour", 3, "at night the site has the least to do (a rule of thumb)")
    sizer.set("process_max", max(1, cores // 4), "cores / 4, at least 1: the database goes on beside it", cores=cores)
    return sizer.done()


def data_of(placed: Placed) -> tuple[str, int]:
    """Data directory and port of the PostgreSQL beside it; raises TierwrightError where it is another database."""
    for other in placed.cluster.by_host[placed.host.name]:
        for endpoint in placed.cluster.endpoints_of(other):
            if endpoint.service == "sql" and endpoint.speaks == "postgresql":
                version = getattr(other.written, "version", None) or POSTGRESQL[placed.cluster.design.system]
                return f"/var/lib/postgresql/{version}/main", endpoint.port
    raise TierwrightError(
        f"pgBackRest on {placed.host.name} backs up PostgreSQL, and the database there is another one; put it beside"
        " the role postgresql, or take it away",
        place=Place(path=f"server {placed.host.name}"),
    )
