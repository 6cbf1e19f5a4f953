"""What is shared and with whom, and where it is mounted: the same directories at the same paths on every host."""

from __future__ import annotations

from dataclasses import dataclass

from topology.components.base import ConfigFile, Placed, Reason
from topology.components.nfs.settings import size
from topology.components.rendering import Token, joined, option, sections, words
from topology.design import Host

EXPORTS = "/etc/exports.d/tierwright.exports"
UNITS = "/etc/systemd/system"
SETTINGS = "/etc/nfs.conf.d/tierwright.conf"
MADE = "/etc/tmpfiles.d/tierwright-media.conf"
SERVER, CLIENT = "nfs_server", "nfs_client"
_VERSIONS = (("vers3", "n"), ("vers4", "y"), ("vers4.0", "n"), ("udp", "n"))
"""From 4.1 on one connection to one port serves both directions: the firewall opens 2049 and nothing else."""
EXPORT_OPTIONS = "rw,sync,no_subtree_check,root_squash"
MOUNT_OPTIONS = joined(
    "hard",
    option("nfsvers", 4.2),
    option("timeo", 600),
    option("retrans", 2),
    *("noatime", "nosuid", "nodev", "noexec", "_netdev"),
)
MOUNT_SECONDS = 60
"""After which systemd gives up one attempt to mount; the next access is the next attempt. A rule of thumb."""
USER = "www-data"
"""Debian gives it one number on every host: over NFS an owner is a number."""


@dataclass(frozen=True, kw_only=True)
class Mount:
    """One directory of a server, mounted at the same path."""

    server: str
    directory: str

    @property
    def name(self) -> str:
        """What systemd makes of the path in the names of units (systemd-escape --path)."""
        return "-".join(part.replace("-", "\\x2d") for part in self.directory.strip("/").split("/"))

    @property
    def unit(self) -> str:
        """The unit that mounts it."""
        return f"{self.name}.mount"

    @property
    def automount(self) -> str:
        """The unit that waits for the first access."""
        return f"{self.name}.automount"


def directories(placed: Placed) -> tuple[str, ...]:
    """The shared directories: media and static files of every site."""
    return tuple(f"{site.root}/{folder}" for site in placed.cluster.sites for folder in ("media", "static"))


def master_of(placed: Placed) -> Host | None:
    """The host whose directories everybody shares: the first of the plan with the role nfs_server."""
    return next(iter(placed.cluster.hosts_offering("nfs")), None)


def is_master(placed: Placed) -> bool:
    """Whether this role shares its own directories; a second nfs_server mounts those of the first."""
    master = master_of(placed)
    return placed.role.name == SERVER and master is not None and master.name == placed.host.name


def is_mounting(placed: Placed) -> bool:
    """Whether this role mounts what the first server shares; of two such roles on one host the client does."""
    if placed.role.name == CLIENT:
        return True
    return not is_master(placed) and all(role.name != CLIENT for role in placed.host.roles)


def clients(placed: Placed) -> tuple[str, ...]:
    """Addresses of the hosts that mount from this server."""
    edges = placed.cluster.edges_to(placed.host.name, "nfs")
    return tuple(dict.fromkeys(placed.cluster.host(edge.client).address for edge in edges if not edge.local))


def mounts(placed: Placed) -> tuple[Mount, ...]:
    """What a client mounts: every shared directory, unless they are its own."""
    master = master_of(placed)
    if master is None or master.name == placed.host.name or not is_mounting(placed):
        return ()
    return tuple(Mount(server=master.address, directory=directory) for directory in directories(placed))


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
            path=SETTINGS,
            text=sections([("nfsd", [("threads", sized["threads"]), *_VERSIONS])]),
            action="restart",
            unit="nfs-server.service",
            reasons=sized.reasons,
        ),
        ConfigFile(path=MADE, text=_made(placed), action="none"),
    )


def client_files(placed: Placed) -> tuple[ConfigFile, ...]:
    """Two units for each directory, the one that waits first: it must be there before the other mounts."""
    return tuple(file for mount in mounts(placed) for file in (_automount_file(mount), _mount_file(mount)))


def _exports(placed: Placed) -> str:
    """One line a directory: who may mount it, and how."""
    if not clients(placed):
        return "# No host of the plan mounts from here.\n"
    who = " ".join(f"{Token(address)}({EXPORT_OPTIONS})" for address in clients(placed))
    return "".join(f"{Token(directory)} {who}\n" for directory in directories(placed))


def _made(placed: Placed) -> str:
    lines = [words("d", directory, "0755", USER, USER, "-", "-") for directory in directories(placed)]
    return "".join(f"{line}\n" for line in lines)


def _automount_file(mount: Mount) -> ConfigFile:
    """Whoever comes to the directory waits for the mount; without it an upload would end on the host's own disk."""
    text = sections(
        [
            ("Unit", [("Description", words("Wait", "for", mount.directory)), ("Before", "remote-fs.target")]),
            ("Automount", [("Where", mount.directory)]),
            ("Install", [("WantedBy", "remote-fs.target")]),
        ]
    )
    return ConfigFile(path=f"{UNITS}/{mount.automount}", text=text, action="restart", unit=mount.automount)


def _mount_file(mount: Mount) -> ConfigFile:
    online = "network-online.target"
    text = sections(
        [
            ("Unit", [("Description", words("Shared", mount.directory)), ("Wants", online), ("After", online)]),
            ("Mount", [*_mounted(mount), ("Options", MOUNT_OPTIONS), ("TimeoutSec", MOUNT_SECONDS)]),
            ("Install", [("WantedBy", "remote-fs.target")]),
        ]
    )
    why = (
        "hard: a write waits for the server rather than being lost; timeo and retrans are those of nfs(5) for TCP;"
        " nothing in it is a program or a device; at the same path as on the server"
    )
    reasons = (
        Reason(setting="Options", value=str(MOUNT_OPTIONS), formula=why),
        Reason(setting="TimeoutSec", value=MOUNT_SECONDS, formula="one attempt to mount (a rule of thumb)"),
    )
    return ConfigFile(path=f"{UNITS}/{mount.unit}", text=text, action="restart", unit=mount.unit, reasons=reasons)


def _mounted(mount: Mount) -> list[tuple[str, str]]:
    return [("What", f"{mount.server}:{mount.directory}"), ("Where", mount.directory), ("Type", "nfs")]
