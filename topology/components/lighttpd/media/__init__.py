"""lighttpd for media and static files under a name of their own, as the chapter's media server is.

Use it where lighttpd is known already. It takes about as little as nginx for the same files, so `nginx_media` is the
choice where nothing speaks for the other: one program less to know where nginx stands before the application.
"""

from __future__ import annotations

from topology.components.base import (
    FILES,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Placed,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.lighttpd.cost import FILE
from topology.components.lighttpd.media.files import ROLE, files_of, size
from topology.components.lighttpd.media.validate import boot, check
from topology.components.lighttpd.reader import read_common
from topology.components.lighttpd.settings import LighttpdSettings, memory_of
from topology.components.reading import Reading, Texts
from topology.demands import bytes_of
from topology.workload import Kind, RequestClass


class LighttpdMedia(Component):
    """lighttpd for files."""

    name = "lighttpd_media"
    title = "lighttpd for media"
    roles = {ROLE: "lighttpd for media and static files"}  # noqa: RUF012
    offers = {ROLE: ("media",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "1.4.69", "ubuntu2404": "1.4.74"}  # noqa: RUF012
    package = "lighttpd"
    settings = LighttpdSettings
    apart = {ROLE: ("lighttpd",)}  # noqa: RUF012
    evidence = "booted"
    answer = "GET /static/tierwright.css: 200 served"
    validator = Validator(
        program="lighttpd",
        package="lighttpd",
        says="lighttpd -tt without a word, names and folders held against the design, systemd-analyze verify",
        check=check,
        boot=boot,
    )
    measured = Measured(memory_mib=1, cpu_ms=0.06, says="a file of 7 bytes over a new connection, 2,000 times")
    logs = (
        Log(path="/var/log/lighttpd/access.log", says="a line for each request, with its microseconds"),
        Log(path="/var/log/lighttpd/error.log", says="why it did not start, and what it could not read"),
    )
    troubles = (
        Trouble(
            sees="403 for files that are there",
            does="www-data may not enter one of the folders above: namei -l PATH shows which. A name or prefix that"
            " is no site's gets 403 too.",
        ),
        Trouble(
            sees="files are offered for download that a browser should show",
            does="Their ending is not in /etc/mime.types, which lighttpd reads when it starts; restart it after"
            " installing media-types.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80, under the sites' media names."""
        weight = placed.host.type.cores * placed.host.type.speed
        return (Endpoint(service="media", port=80, carries=FILES, public=True, weight=weight),)

    def size(self, placed: Placed) -> Sizing:
        """Processes, connections and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Main file, drop-in, health file."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What the files say."""
        return read_common(texts)

    def memory(self, placed: Placed) -> Memory:
        """A few MiB a process."""
        return memory_of(size(placed))

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A file read and sent on a new connection."""
        return Demand(cpu_ms=FILE, bytes_out=bytes_of(item, kind)) if kind in FILES else None


COMPONENT = LighttpdMedia()
