"""Lets exportfs read the exports and systemd the mounts, and holds both against the design."""

from __future__ import annotations

import re

from topology.components.base import Stage, Verdict
from topology.components.nfs.files import UNITS, Mount, clients, directories, is_master, master_of, mounts
from topology.components.nfs.settings import size
from topology.components.units import unit_problem

_EXPORT = """
nfsconf --dump >/dev/null && threads=$(nfsconf --get nfsd threads) || exit 1
[ "$threads" = "$1" ] || { echo "nfsconf reads $threads threads, not $1"; exit 1; }
shift
mkdir -p /var/lib/nfs "$@"
touch /var/lib/nfs/etab
exportfs -ra && exportfs -s
"""
_LINE = re.compile(r"^(\S+)\s+(\S+?)\(([^)]*)\)$")


def check(stage: Stage) -> Verdict:
    """A server's exports, or a client's mounts."""
    if is_master(stage.placed):
        return _check_exports(stage)
    return _check_mounts(stage)


def _check_exports(stage: Stage) -> Verdict:
    shared, who = directories(stage.placed), clients(stage.placed)
    ran = stage.run(["sh", "-c", _EXPORT, "nfs", str(size(stage.placed)["threads"]), *shared])
    if ran.status != 0 or "exportfs:" in ran.output or "config error" in ran.output:
        return Verdict(accepted=False, says=ran.output)
    found = {match.groups()[:2] for line in ran.output.splitlines() if (match := _LINE.match(line.strip()))}
    if found != {(directory, address) for directory in shared for address in who}:
        return Verdict(accepted=False, says=f"exportfs shares otherwise than the design: {ran.output}")
    return Verdict(accepted=True, says=f"exportfs shares {len(shared)} directories with {len(who)} hosts")


def _check_mounts(stage: Stage) -> Verdict:
    units = [unit for mount in mounts(stage.placed) for unit in (mount.automount, mount.unit)]
    if not units and master_of(stage.placed) is not None:
        return Verdict(
            accepted=True,
            says="nothing to mount: the shared directories are this host's own, or another role mounts them",
        )
    if not units:
        return Verdict(accepted=False, says="no server of the plan shares a directory; add the role nfs_server")
    paths = [f"{UNITS}/{unit}" for unit in units]
    problem = unit_problem(stage, *paths)
    wrong = [mount.unit for mount in mounts(stage.placed) if not _mounts_it(stage, mount)]
    if problem or wrong:
        return Verdict(accepted=False, says=problem or f"{', '.join(wrong)} mounts another directory")
    return Verdict(accepted=True, says=f"systemd-analyze verify finds no fault in {len(units)} units")


def _mounts_it(stage: Stage, mount: Mount) -> bool:
    return f"What={mount.server}:{mount.directory}\n" in stage.read(f"{UNITS}/{mount.unit}")
