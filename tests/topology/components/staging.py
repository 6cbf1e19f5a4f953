"""A host's files laid over the real tree in namespaces of their own, where the real programs read and start them.

Without root a program is root of its own user namespace alone; `real_root` asks for the real one, which the
programs need that change to a user of their own when they start.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from topology import plain_yaml
from topology.components import Cluster, Component, Placed, Ran, catalogue, resolve
from topology.document import load

OVERLAID = ("etc", "opt", "srv", "usr")
_LAY = r"""
set -e
root=$1 same_owner=$2 directory=$3; shift 3
cd /
skeleton=$(mktemp)
find var/lib var/log -maxdepth 1 -type d -print0 | tar --null --no-recursion -cf "$skeleton" -T - 2>/dev/null || :
mount -t tmpfs scratch /mnt
for top in etc opt srv usr; do
    mkdir -p "$root/$top" "/mnt/$top/changes" "/mnt/$top/work"
    mount -t overlay staged -o "lowerdir=$root/$top:/$top,upperdir=/mnt/$top/changes,workdir=/mnt/$top/work" "/$top"
done
for empty in /run /var/lib /var/log; do mount -t tmpfs scratch "$empty"; done
tar -C / $same_owner -xf "$skeleton"
rm -f "$skeleton"
for top in run var; do [ ! -d "$root/$top" ] || cp -a "$root/$top/." "/$top/"; done
ip link set lo up
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
cd "$directory"
"""


@dataclass(frozen=True, kw_only=True)
class LocalStage:
    """The staged tree of one host."""

    placed: Placed
    root: Path
    real_root: bool = False

    def scaffold(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Add a throw-away file that the bundle does not hold."""
        place = self.root / path.removeprefix("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        place.chmod(mode)

    def read(self, path: str) -> str:
        """The text of a file of the staged tree."""
        return (self.root / path.removeprefix("/")).read_text(encoding="utf-8")

    def run(self, argv: Sequence[str], *, seconds: float = 20, as_root: bool = True, directory: str = "/") -> Ran:
        """Run one program over the staged tree, with a network of its own that has loopback only."""
        with self.start(argv, as_root=as_root, directory=directory) as program:
            try:
                said, _ = program.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                program.kill()
                said, _ = program.communicate()
                return Ran(status=124, output=f"{said.decode(errors='replace')}\nstopped after {seconds} seconds")
        return Ran(status=program.returncode, output=said.decode(errors="replace"))

    def start(self, argv: Sequence[str], *, as_root: bool = True, directory: str = "/") -> subprocess.Popen[bytes]:
        """Start one program likewise; the process given back is in its network, and all end when it is killed."""
        # The shell stays the first process: a program that changes its user would outlive the death of its parent.
        own_user = [] if self.real_root else ["--user", "--map-root-user"]
        enter = ["unshare", *own_user, "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"]
        owner = "--same-owner" if self.real_root else "--no-same-owner"
        script = _LAY + f'{"" if as_root else self._drop()} "$@"\nexit $?\n'
        return subprocess.Popen(
            [*enter, "sh", "-c", script, "stage", str(self.root), owner, directory, *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
        )

    def _drop(self) -> str:
        if self.real_root:
            return "setpriv --reuid=nobody --regid=nogroup --clear-groups"
        return "unshare --user --map-user=65534 --map-group=65534"


def _environment() -> dict[str, str]:
    """A short PATH, led by the Python that runs the tests: its gunicorn and Django are the ones asked."""
    ours = Path(sys.executable).parent
    return {
        "PATH": f"{ours}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def stage_of(placed: Placed, root: Path, *, real_root: bool = False) -> LocalStage:
    """Write every file of the role's host below `root`; the role is the one under test."""
    stage = LocalStage(placed=placed, root=root, real_root=real_root)
    root.chmod(0o755)
    for file in files_of(placed.cluster, placed.host.name):
        assert not (root / file[0].removeprefix("/")).exists(), f"two roles write {file[0]}"
        stage.scaffold(file[0], file[1], mode=file[2])
    return stage


def files_of(cluster: Cluster, host: str) -> list[tuple[str, str, int]]:
    """Path, text and mode of every file of a host."""
    return [(f.path, f.text, f.mode) for placed in cluster.by_host[host] for f in placed.component.files(placed)]


def cluster_of(plan: Path) -> Cluster:
    """The cluster of a plan file."""
    return resolve(load(plan.read_bytes(), catalogue=catalogue(), file=plan.name))


def good_cases(component: Component) -> list[Path]:
    """Plan files in which the component has a part."""
    return sorted((component.folder / "cases" / "good").glob("*.yaml"))


def placed_in(cluster: Cluster, component: Component) -> list[Placed]:
    """The component's roles in a cluster."""
    return [placed for placed in cluster.placed if placed.component is component]


def tried_in(cluster: Cluster, component: Component) -> list[Placed]:
    """Where a component is started: its roles, or, of what others run, the settings by which a site asks it."""
    return placed_in(cluster, component if component.roles else catalogue().by_name["django_settings"])


@dataclass(frozen=True, kw_only=True)
class BadCase:
    """A rendered file, broken on purpose: its validator must refuse it."""

    name: str
    plan: str
    host: str
    file: str
    find: str
    put: str
    why: str

    def break_file(self, stage: LocalStage) -> None:
        """Break the file in the staged tree; the pattern has to be in it."""
        text, count = re.subn(self.find, self.put, stage.read(self.file), flags=re.MULTILINE)
        assert count, f"{self.find!r} is not in {self.file}"
        (stage.root / self.file.removeprefix("/")).write_text(text, encoding="utf-8")


def bad_cases(component: Component) -> Iterator[BadCase]:
    """The component's files broken on purpose."""
    for path in sorted((component.folder / "cases" / "bad").glob("*.yaml")):
        yield BadCase(name=path.stem, **plain_yaml.read(path.read_bytes(), file=path.name).data)


def placed_of(case: BadCase, component: Component) -> Placed:
    """The component's role on the host of a bad case."""
    cluster = cluster_of(component.folder / "cases" / "good" / f"{case.plan}.yaml")
    return next(placed for placed in placed_in(cluster, component) if placed.host.name == case.host)


def is_root() -> bool:
    """Whether programs can be started that change their user."""
    return os.geteuid() == 0
