"""From a resolved cluster to the files of every host, each checked before it may enter a bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from topology.bundles.bundle import HostFile
from topology.components import Cluster, ConfigFile, Placed
from topology.design import Place, TierwrightError

ROOTS = ("/etc/", "/opt/", "/srv/", "/usr/local/", "/var/lib/")
"""Where a bundle may put files."""
ACCOUNTS = frozenset(
    {
        *("root", "www-data", "postgres", "bind", "haproxy", "memcache", "nobody", "nogroup", "ssl-cert", "adm"),
        *("mysql", "redis", "prometheus", "_chrony", "uwsgi"),
    }
)
"""Owners and groups that a file may have: accounts that Debian's packages bring."""
LONGEST_PATH = 200
# systemd escapes a hyphen in the name of a mount unit as \x2d; nothing else needs a backslash.
HIDDEN = frozenset({".htaccess"})
"""The one name with a leading dot that a program asks for."""
_PART = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._@-]|\\x[0-9a-f]{2})*", re.ASCII)


def host_files(cluster: Cluster) -> tuple[HostFile, ...]:
    """Every file of every host, sorted by host and path; raises TierwrightError where one may not be written."""
    files = [file for host in sorted(cluster.by_host) for file in _files_of(cluster.by_host[host])]
    return tuple(sorted(files, key=lambda file: (file.host, file.path)))


def _files_of(roles: tuple[Placed, ...]) -> Iterator[HostFile]:
    """The files of one host: roles of one component may share a file, two components may not."""
    found: dict[str, HostFile] = {}
    for placed in roles:
        for config in placed.cluster.files_of(placed):
            _refuse_unsafe(config, placed)
            file = HostFile(host=placed.host.name, config=config, roles=(placed,))
            earlier = found.get(config.path)
            found[config.path] = file if earlier is None else _shared(earlier, file)
    yield from found.values()


def _shared(earlier: HostFile, file: HostFile) -> HostFile:
    ours, theirs = file.roles[0].role.name, earlier.roles[0].role.name
    if earlier.component is not file.component or earlier.config.text != file.config.text:
        raise TierwrightError(
            f"the roles {theirs} and {ours} both write {file.config.path} on {file.host};"
            " put one of them on another server",
            place=Place(path=f"tier {file.roles[0].host.tier}"),
        )
    return replace(earlier, roles=(*earlier.roles, *file.roles))


def _refuse_unsafe(config: ConfigFile, placed: Placed) -> None:
    """A component that breaks one of these rules is at fault, not the plan: ValueError."""
    problem = why_not_path(config.path) or why_not_owner(config.owner) or why_not_mode(config.mode)
    if problem:
        raise ValueError(f"component {placed.component.name}, file {config.path!r}: {problem}")


def why_not_path(path: str) -> str | None:
    """Why a file may not stand at this path of a host, or None."""
    if not path.startswith(ROOTS):
        return f"a bundle writes below {', '.join(ROOTS)} only"
    if len(path) > LONGEST_PATH:
        return f"the path is longer than {LONGEST_PATH} characters"
    if not all(_PART.fullmatch(part) or part in HIDDEN for part in path.split("/")[1:]):
        return "a part of the path has a character that is not allowed, begins with a dot or is empty"
    return None


def why_not_owner(owner: str) -> str | None:
    """Why a file may not have this owner, or None."""
    parts = owner.split(":")
    if len(parts) == 2 and ACCOUNTS.issuperset(parts):
        return None
    return "the owner is user:group, both of the accounts that Debian's packages bring"


def why_not_mode(mode: int) -> str | None:
    """Why a file may not have this mode, or None."""
    if mode & ~0o777:
        return "the mode has setuid, setgid or sticky bits"
    if mode & 0o022:
        return "the mode lets others than the owner write"
    return None if mode & 0o400 else "the mode does not let the owner read"
