"""Uploads written on any web server and served by the media server: one directory, at the same path everywhere.

Mounted at MEDIA_ROOT, an upload works as if the disk were the web server's own. That disk is then one disk: when
its server is down, pages are served on, uploads wait, and media that only it holds is gone until it is back.
"""

from __future__ import annotations

from topology.components.base import Component, ConfigFile, Endpoint, Memory, Need, Placed, Sizing, Validator
from topology.components.nfs.files import client_files, server_files
from topology.components.nfs.settings import SERVER_MIB, NfsSettings, size
from topology.components.nfs.validate import check

SERVER, CLIENT = "nfs_server", "nfs_client"


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
        says="exportfs -ra and its table held against the design; systemd-analyze verify of every mount",
        check=check,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """NFS version 4, which needs this one port alone."""
        return (Endpoint(service="nfs", port=2049),) if placed.role.name == SERVER else ()

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The server whose directories are mounted."""
        if placed.role.name == SERVER:
            return ()
        return (Need(services=("nfs",), why="mounts media and static files"),)

    def size(self, placed: Placed) -> Sizing:
        """Threads of the server."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Exports of a server, mounts of a client."""
        return server_files(placed) if placed.role.name == SERVER else client_files(placed)

    def memory(self, placed: Placed) -> Memory:
        """The kernel's threads; the page cache takes what is left over."""
        return Memory(parts={"nfsd": SERVER_MIB} if placed.role.name == SERVER else {})


COMPONENT = Nfs()
