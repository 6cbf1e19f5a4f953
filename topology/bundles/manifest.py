"""The manifest: what every file is, whose, and why its numbers are what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from topology import document
from topology.bundles.bundle import Bundle, HostFile
from topology.capacity import ENGINE

VERSION = 1
"""Version of the bundle's layout and of its manifest."""
_STRONGEST = ("none", "reload", "restart")


def manifest(bundle: Bundle) -> dict[str, Any]:
    """The plain data of manifest.json. It holds no time, duration or name of a machine."""
    return {
        "tierwright": VERSION,
        "plan": bundle.cluster.design.name,
        "plan_digest": document.digest(bundle.cluster.design),
        "content_digest": bundle.content_digest,
        "engine": ENGINE,
        "standing": bundle.papers.standing,
        "revision": bundle.papers.revision,
        "approved_by": list(bundle.papers.approved_by),
        "broke_glass": bundle.papers.broke_glass or None,
        "audit_head": bundle.papers.audit_head or None,
        "files": [_row(file) for file in bundle.files],
    }


def _row(file: HostFile) -> dict[str, Any]:
    config, validator = file.config, file.component.validator
    return {
        "host": file.host,
        "path": file.path,
        "owner": config.owner,
        "mode": f"{config.mode:04o}",
        "sha256": file.sha256,
        "component": file.component.name,
        "roles": [placed.role.name for placed in file.roles],
        "action": config.action,
        "unit": config.unit or None,
        "validator": validator.says if validator else None,
        "why": [asdict(reason) for reason in config.reasons],
    }


def units(files: tuple[HostFile, ...]) -> dict[str, Any]:
    """The plain data of a host's units.json: what is reloaded or restarted after which of its files changed."""
    names = sorted({file.config.unit for file in files if file.config.unit})
    return {"units": [_unit(name, tuple(_of_unit(name, files))) for name in names]}


def _of_unit(name: str, files: tuple[HostFile, ...]) -> Iterator[HostFile]:
    yield from (file for file in files if file.config.unit == name)


def _unit(name: str, files: tuple[HostFile, ...]) -> dict[str, Any]:
    strongest = max((file.config.action for file in files), key=_STRONGEST.index)
    return {
        "unit": name,
        "action": strongest,
        "files": [{"path": file.path, "action": file.config.action} for file in files],
    }
