"""Uploads written on any web server and served by the media server: one directory, at the same path everywhere.

Mounted at MEDIA_ROOT, an upload works as if the disk were the web server's own. That disk is then one disk: when
its server is down, pages are served on, uploads wait, and media that only it holds is gone until it is back. Of
several servers with this role the first shares its disk, and the others mount it: they add hands, not copies.
"""

from __future__ import annotations

from topology.components.base import Component, ConfigFile, Endpoint, Memory, Need, Placed, Sizing, Validator
from topology.components.nfs.files import CLIENT, SERVER, client_files, is_master, is_mounting, server_files
from topology.components.nfs.settings import SERVER_MIB, NfsSettings, size
from topology.components.nfs.validate import check


class Nfs(Component):
    """Shared directories."""

    name = "nfs"
    title = "NFS"
    roles = {  # noqa: RUF012
        SERVER: "shares the directories of media and static files",
        CLIENT: "mounts them at the same path",
    }
    offers = {SERVER: ("nfs",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "2.6.2", "ubuntu2404": "2.6.4"}  # noqa: RUF012
    package = "nfs-kernel-server nfs-common"
    settings = NfsSettings
    validator = Validator(
        program="exportfs",
        package="nfs-kernel-server",
        says="exportfs -ra and its table held against the design, nfsconf; systemd-analyze verify of every mount",
        check=check,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """NFS version 4, which needs this one port alone."""
        return (Endpoint(service="nfs", port=2049),) if is_master(placed) else ()

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The server whose directories are mounted."""
        if not is_mounting(placed):
            return ()
        return (Need(services=("nfs",), why="mounts media and static files"),)

    def size(self, placed: Placed) -> Sizing:
        """Threads of the server."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Exports of a server, mounts of a client."""
        return server_files(placed) if is_master(placed) else client_files(placed)

    def memory(self, placed: Placed) -> Memory:
        """The kernel's threads; the page cache takes what is left over."""
        return Memory(parts={"nfsd": SERVER_MIB} if is_master(placed) else {})


COMPONENT = Nfs()
