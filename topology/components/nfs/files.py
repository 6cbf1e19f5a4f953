"""What is shared and with whom, and where it is mounted: the same directories at the same paths on every host."""

from __future__ import annotations

from dataclasses import dataclass

from topology.components.base import ConfigFile, Placed, Reason
from topology.components.nfs.settings import size
from topology.components.rendering import Token, sections, words

EXPORTS = "/etc/exports.d/tierwright.exports"
UNITS = "/etc/systemd/system"
EXPORT_OPTIONS = "rw,sync,no_subtree_check,root_squash"
MOUNT_OPTIONS = "hard,nfsvers=4.2,timeo=600,retrans=2,noatime,_netdev"
USER = "www-data"


@dataclass(frozen=True, kw_only=True)
class Mount:
    """One directory of a server, mounted at the same path."""

    server: str
    directory: str

    @property
    def unit(self) -> str:
        """The name that systemd gives the mount of this path (systemd-escape --path)."""
        parts = [part.replace("-", "\\x2d") for part in self.directory.strip("/").split("/")]
        return "-".join(parts) + ".mount"


def directories(placed: Placed) -> tuple[str, ...]:
    """The shared directories: media and static files of every site."""
    return tuple(f"{site.root}/{folder}" for site in placed.cluster.sites for folder in ("media", "static"))


def clients(placed: Placed) -> tuple[str, ...]:
    """Addresses of the hosts that mount from this server."""
    edges = placed.cluster.edges_to(placed.host.name, "nfs")
    return tuple(placed.cluster.host(edge.client).address for edge in edges)


def mounts(placed: Placed) -> tuple[Mount, ...]:
    """What a client mounts: every shared directory of the first server that it reaches."""
    edges = placed.cluster.edges_from(placed, "nfs")
    if not edges:
        return ()
    server = placed.cluster.host(edges[0].server).address
    return tuple(Mount(server=server, directory=directory) for directory in directories(placed))


def server_files(placed: Placed) -> tuple[ConfigFile, ...]:
    """The exports, the server's own settings, and the directories themselves."""
    sized = size(placed)
    reason = Reason(
        setting="clients",
        value=", ".join(clients(placed)) or "none",
        formula="exactly the hosts that mount, by address",
        facts={"clients": len(clients(placed))},
    )
    return (
        ConfigFile(path=EXPORTS, text=_exports(placed), unit="nfs-server.service", reasons=(reason,)),
        ConfigFile(
            path="/etc/nfs.conf.d/tierwright.conf",
            text=sections([("nfsd", [("threads", sized["threads"]), ("vers3", "n"), ("vers4", "y"), ("udp", "n")])]),
            action="restart",
            unit="nfs-server.service",
            reasons=sized.reasons,
        ),
        ConfigFile(path="/etc/tmpfiles.d/tierwright-media.conf", text=_made(placed), action="none"),
    )


def client_files(placed: Placed) -> tuple[ConfigFile, ...]:
    """A mount unit for each directory."""
    return tuple(_mount_file(mount) for mount in mounts(placed))


def _exports(placed: Placed) -> str:
    """One line a directory: who may mount it, and how."""
    if not clients(placed):
        return "# No host of the plan mounts from here.\n"
    who = " ".join(f"{Token(address)}({EXPORT_OPTIONS})" for address in clients(placed))
    return "".join(f"{Token(directory)} {who}\n" for directory in directories(placed))


def _made(placed: Placed) -> str:
    lines = [words("d", directory, "0755", USER, USER, "-", "-") for directory in directories(placed)]
    return "".join(f"{line}\n" for line in lines)


def _mount_file(mount: Mount) -> ConfigFile:
    what = f"{Token(mount.server)}:{Token(mount.directory)}"
    where = str(Token(mount.directory))
    text = (
        f"[Unit]\nDescription=Shared directory {where}\nAfter=network-online.target\nWants=network-online.target\n\n"
        f"[Mount]\nWhat={what}\nWhere={where}\nType=nfs\nOptions={MOUNT_OPTIONS}\nTimeoutSec=60\n\n"
        "[Install]\nWantedBy=remote-fs.target\n"
    )
    why = "hard: a write waits for the server rather than being lost; at the same path as on the server"
    reason = Reason(setting="Options", value=MOUNT_OPTIONS, formula=why)
    return ConfigFile(path=f"{UNITS}/{mount.unit}", text=text, action="restart", unit=mount.unit, reasons=(reason,))
