"""Uploads written on any web server and served by the media server: one directory, at the same path everywhere.

Mounted at MEDIA_ROOT, an upload works as if the disk were the web server's own. That disk is then one disk: when
its server is down, pages are served on, uploads wait, and media that only it holds is gone until it is back. Of
several servers with this role the first shares its disk, and the others mount it: they add hands, not copies.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.nfs.boot import ANSWER, boot
from topology.components.nfs.files import CLIENT, SERVER, client_files, is_master, is_mounting, server_files
from topology.components.nfs.reader import read
from topology.components.nfs.settings import SERVER_MIB, NfsSettings, size
from topology.components.nfs.validate import check
from topology.components.reading import Reading, Texts


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
    evidence = "stand_in"
    answer = ANSWER
    measured = Measured(memory_mib=8, cpu_ms=1.0, says="reading a file of 50 kB, 20 times, from the stand-in's server")
    logs = (
        Log(path="journal: nfs-server.service", says="exports that were refused, and why the server did not start"),
        Log(path="journal: kernel", says="on a client: `nfs: server ... not responding, still trying`"),
    )
    troubles = (
        Trouble(
            sees="uploads hang, and processes stand in state D",
            does="The server of the directories is away, and a hard mount waits for it: bring it back, they then go on."
            " `umount -fl` of the directory lets them fail instead.",
        ),
        Trouble(
            sees="Permission denied for www-data",
            does="Over NFS an owner is a number: `id www-data` must say 33 on every host.",
        ),
        Trouble(
            sees="access denied by server while mounting",
            does="`exportfs -s` on the server must name this host's address; it comes from the plan's edges.",
        ),
    )
    validator = Validator(
        program="exportfs",
        package="nfs-kernel-server",
        says="exportfs -ra and its table held against the design, nfsconf; systemd-analyze verify of every mount",
        check=check,
        boot=boot,
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

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its files say."""
        return read(texts)

    def memory(self, placed: Placed) -> Memory:
        """The kernel's threads; the page cache takes what is left over."""
        return Memory(parts={"nfsd": SERVER_MIB} if is_master(placed) else {})


COMPONENT = Nfs()
