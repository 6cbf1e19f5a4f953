"""The files of lighttpd as a media server."""

from __future__ import annotations

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.fronting import media_folders_of
from topology.components.lighttpd.main import UNIT, files_with
from topology.components.lighttpd.settings import size_of

ROLE = "lighttpd_media"
HEALTH_FILE = "/etc/lighttpd/health"
"""What a balancer gets for the health path; lighttpd by itself answers with files only."""


def size(placed: Placed) -> Sizing:
    """Processes, connections and timeouts of one media server."""
    return size_of(placed, slots=0)


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Main file, drop-in, and the file that says that it is well."""
    files = files_with(
        component,
        placed,
        size(placed),
        "media.conf.j2",
        names=[{"name": name, "folders": folders} for name, folders in media_folders_of(placed).items()],
        health=sizing.HEALTH_PATH,
        health_file=HEALTH_FILE,
    )
    return (*files, ConfigFile(path=HEALTH_FILE, text="ok\n", action="none", unit=UNIT))
