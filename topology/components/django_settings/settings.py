"""Settings of the role django_settings, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.demands import CONNECT_DATABASE
from topology.fields import Slug

MIB = 1024 * 1024


class DjangoSettings(Settings):
    """Settings of the role django_settings."""

    conn_max_age: Annotated[int, Field(ge=0, le=300)] | None = None
    """Seconds that a database connection is kept for the next request; 0 opens one for each request."""
    media_region: Slug | None = None
    """Region of the object store that keeps uploads, where the plan has one; us-east-1 by default."""


def size(placed: Placed) -> Sizing:
    """Connections and limits of one application server."""
    sizer = Sizer(placed.written)
    if _keeps_connections(placed):
        sizer.set(
            "conn_max_age",
            60,
            "a connection opened anew costs the database milliseconds of CPU a request; kept for a minute it costs"
            " none, and no pool or database closes it first",
            connect_ms=CONNECT_DATABASE.mid,
        )
    else:
        sizer.set(
            "conn_max_age",
            0,
            "under ASGI each request has a thread of its own, so a kept connection would serve nobody and stay open;"
            " a pool beside the application makes a new one cheap",
            connect_ms=CONNECT_DATABASE.mid,
        )
    sizer.set("connect_timeout", 2, "the least that libpq takes: a page waits no longer for a lost database")
    upload = placed.cluster.limits.upload_mib
    sizer.set(
        "upload_bytes", upload * MIB, "upload_mib × 1,048,576: the same limit as the web server's", upload_mib=upload
    )
    if any(external.kind == "s3" for external in placed.cluster.design.externals):
        sizer.set("media_region", "us-east-1", "what object stores answer to that know no regions")
    return sizer.done()


def _keeps_connections(placed: Placed) -> bool:
    """Whether every program that runs the site's pages here can keep a connection."""
    beside = placed.cluster.by_host[placed.host.name]
    pages = (other for other in beside if "app" in other.component.offers.get(other.role.name, ()))
    return all(other.component.keeps_connections for other in pages)
