"""Mounts of a host: NFS as the unit says where the kernel has it, else sshfs over plain TCP as a stand-in."""

from __future__ import annotations

import time
from pathlib import Path

from topology.errors import TierwrightError
from topology.rehearsal.hosts import Host
from topology.rehearsal.units import Unit

NFS_PORT = 2049
SERVER_STAND_IN = "sftp-server on the port of NFS stands in for the kernel's NFS server"
CLIENT_STAND_IN = "sshfs without ssh stands in for the NFS mount {where}"
_OWNER = "www-data"
"""All files of a site are its; the stand-in answers as this user, so that a file has one owner on every host."""
SECONDS = 60.0


def kernel_has_nfs() -> bool:
    """Whether this kernel can mount NFS."""
    return any(line.split()[-1] in ("nfs", "nfs4") for line in Path("/proc/filesystems").read_text().splitlines())


def mount(host: Host, unit: Unit) -> str | None:
    """Mount what the unit says; what stood in for it, or None. Raises TierwrightError where it fails."""
    what, where = unit.get("What", section="Mount"), unit.get("Where", section="Mount")
    kind, options = unit.get("Type", section="Mount"), unit.get("Options", section="Mount")
    host.run(["mkdir", "-p", where])
    stand_in = kind.startswith("nfs") and not kernel_has_nfs()
    if stand_in:
        argv = ["sshfs", "-o", f"directport={NFS_PORT},allow_other,reconnect", what, where]
    else:
        argv = ["mount", "-t", kind or "auto", *(("-o", options) if options else ()), what, where]
    until = time.monotonic() + SECONDS
    ran = host.run(argv)
    while ran.status and time.monotonic() < until:
        time.sleep(0.2)
        ran = host.run(argv)
    if ran.status:
        raise TierwrightError(f"{host.name}: {unit.name}: {ran.output.strip()}")
    return CLIENT_STAND_IN.format(where=where) if stand_in else None


def unmount(host: Host, unit: Unit) -> None:
    """Take a mount away, also when its server is silent."""
    host.run(["umount", "-l", unit.get("Where", section="Mount")])


def stand_in_for_nfs_server(host: Host) -> str:
    """Answer sftp at the address and port of NFS, as the owner of the sites' files; what to say of it."""
    server = "EXEC:/usr/lib/openssh/sftp-server"
    listen = f"TCP-LISTEN:{NFS_PORT},fork,reuseaddr"
    log = (host.logs / "nfs-stand-in.log").open("ab")
    as_owner = ["setpriv", f"--reuid={_OWNER}", f"--regid={_OWNER}", "--init-groups", "--"]
    with log:
        host.start([*as_owner, "socat", listen, server], env={"PATH": "/usr/bin:/bin"}, log=log)
    return SERVER_STAND_IN
