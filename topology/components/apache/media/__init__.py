"""A stripped Apache that serves media and static files under a name of their own, and does nothing else.

Use it where people know Apache and a second program would be one more to learn: the chapter's way to take files off
the server that runs Django is a second, small Apache. It has the event MPM and ten modules, no Python and no
`.htaccess`. A file costs it about three times the CPU that nginx takes, so take `nginx_media` where nothing speaks
for Apache.
"""

from __future__ import annotations

from topology.components.apache.cost import FILE_EVENT
from topology.components.apache.media.files import ROLE, files_of
from topology.components.apache.media.settings import MediaSettings, memory_of, size, workers_of
from topology.components.apache.media.validate import boot, check
from topology.components.apache.reader import reading_of
from topology.components.apache.texts import FORBIDDEN, FULL, LOGS, START, STRANGER
from topology.components.base import (
    FILES,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Measured,
    Memory,
    Placed,
    Sizing,
    Translation,
    Validator,
)
from topology.components.reading import Reading, Texts
from topology.demands import bytes_of
from topology.workload import Kind, RequestClass


class ApacheMedia(Component):
    """Apache for files."""

    name = "apache_media"
    title = "Apache for media"
    roles = {ROLE: "a stripped Apache for media and static files"}  # noqa: RUF012
    offers = {ROLE: ("media",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "2.4.71", "ubuntu2404": "2.4.58"}  # noqa: RUF012
    package = "apache2"
    settings = MediaSettings
    evidence = "booted"
    answer = "GET /static/tierwright.txt: 200 served"
    measured = Measured(memory_mib=7, cpu_ms=0.17, says="a file of 7 bytes on a new connection (400 asked)")
    logs = LOGS
    troubles = (START, FORBIDDEN, STRANGER, FULL)
    translations = (
        Translation(
            about="a server of files alone",
            then="a second Apache, compiled with as few modules as it can do with",
            now="the event MPM and ten modules of Debian's, or nginx",
            says="Modules are loaded at the start today; what is not named in apache2.conf costs nothing.",
        ),
    )
    validator = Validator(
        program="apache2",
        package="apache2",
        says="apache2 -t without a warning, every name and folder held against the design, systemd-analyze verify",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 80, under the sites' media names."""
        weight = placed.host.type.cores * placed.host.type.speed
        slots = workers_of(size(placed)).slots
        return (Endpoint(service="media", port=80, carries=FILES, public=True, weight=weight, slots=slots),)

    def size(self, placed: Placed) -> Sizing:
        """Processes, threads and timeouts."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Main file, site file, drop-in."""
        return files_of(self, placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What the files say."""
        return reading_of(texts)

    def memory(self, placed: Placed) -> Memory:
        """The parent and its processes."""
        return memory_of(placed)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """A file read and sent on a new connection."""
        return Demand(cpu_ms=FILE_EVENT, bytes_out=bytes_of(item, kind))


COMPONENT = ApacheMedia()
