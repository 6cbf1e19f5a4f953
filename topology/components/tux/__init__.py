"""The web server inside the Linux kernel, for files only: history, with lighttpd or nginx in its place.

tux answered requests for files without leaving the kernel, which in 2006 spared copies of every byte. It was a patch
for kernels of the 2.4 and 2.6 line, was never taken into Linux itself, and neither Debian nor Ubuntu has it. Today a
program sends a file by sendfile(), and the bytes do not pass through it either: `nginx_media` and `lighttpd_media`
serve a media server's files so.
"""

from __future__ import annotations

from topology.components.base import Component, Translation


class Tux(Component):
    """tux, which has no role."""

    name = "tux"
    title = "tux"
    roles = {}  # noqa: RUF012
    era = ("chapter",)
    packages = {}  # noqa: RUF012
    evidence = "translated"
    translations = (
        Translation(
            about="files sent from inside the kernel",
            then="tux on port 80 with a document root in /proc/sys/net/tux, and a web server behind it for all else",
            now="the role nginx_media, whose nginx.conf has sendfile on, or lighttpd_media, which sends files so by"
            " itself",
            says="No kernel module is needed, and a fault in the web server is no longer one of the kernel.",
        ),
    )


COMPONENT = Tux()
