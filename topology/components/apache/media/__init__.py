"""A stripped Apache that serves media and static files under a name of their own, and does nothing else.

Use it where people know Apache and a second program would be one more to learn: the chapter's way to take files off
the server that runs Django is a second, small Apache. It has the event MPM and ten modules, no Python and no
`.htaccess`. nginx needs a third of its memory for the same files; take `nginx_media` where nothing speaks for Apache.
"""

from __future__ import annotations

from topology.components.apache.media.files import ROLE, files_of
from topology.components.apache.media.settings import MediaSettings, memory_of, size, workers_of
from topology.components.apache.media.validate import boot, check
from topology.components.apache.reader import reading_of
from topology.components.base import FILES, Component, ConfigFile, Endpoint, Memory, Placed, Sizing, Validator
from topology.components.reading import Reading, Texts


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


COMPONENT = ApacheMedia()
