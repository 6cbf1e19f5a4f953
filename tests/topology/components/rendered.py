"""Small clusters written in a line each, and the text of their files."""

from __future__ import annotations

import re
from typing import Any

from topology.components import Cluster, ConfigFile, Limits, Reading, Reason, catalogue, resolve
from topology.document import from_data

SITE: dict[str, Any] = {"name": "newspaper", "domains": ["www.example.com"]}
BLOG: dict[str, Any] = {"name": "blog", "domains": ["www.example.com"], "path": "/blog/"}


def tier(name: str, roles: list[Any], *, count: int = 1, type: str = "medium") -> dict[str, Any]:
    """A tier of equal servers: name1, name2, ..."""
    return {"name": name, "servers": {"count": count, "type": type}, "roles": roles}


def cluster(*tiers: dict[str, Any], sites: tuple[dict[str, Any], ...] = (SITE,), **keys: Any) -> Cluster:
    """The cluster of a plan with these tiers; `limits` and any other key of a plan may follow."""
    limits = keys.pop("limits", Limits())
    data = {"tierwright": 1, "name": "plan", "sites": list(sites), "tiers": list(tiers), **keys}
    return resolve(from_data(data, catalogue=catalogue()), limits=limits)


def file_of(of: Cluster, host: str, path: str) -> ConfigFile:
    """A file of a host; KeyError with those that there are."""
    files = {file.path: file for placed in of.by_host[host] for file in placed.component.files(placed)}
    if path not in files:
        raise KeyError(f"{path} is not among {sorted(files)}")
    return files[path]


def text_of(of: Cluster, host: str, path: str) -> str:
    """The text of a file."""
    return file_of(of, host, path).text


def reading(of: Cluster, host: str, role: str) -> Reading:
    """What a role's files say, read back from those of its host."""
    placed = of.find(host, role)
    files = (file for other in of.by_host[host] for file in other.component.files(other))
    return placed.component.read(placed, {file.path: file.text for file in files})


def found(pattern: str, text: str) -> list[Any]:
    """What the group of the pattern holds, or the pair of its groups, wherever a line has it."""
    return re.findall(pattern, text, re.MULTILINE)


def number(pattern: str, text: str) -> int:
    """The one number that the pattern's group holds."""
    [value] = set(found(pattern, text))
    return int(value)


def reason(file: ConfigFile, setting: str) -> Reason:
    """Why a setting of the file is what it is."""
    return next(reason for reason in file.reasons if reason.setting == setting)
