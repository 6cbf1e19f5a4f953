"""The bundle: every host's files and the papers beside them, as one frozen value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from topology.bundles.report import ValidationReport
from topology.components import Cluster, Component, ConfigFile, Placed


@dataclass(frozen=True, kw_only=True)
class HostFile:
    """A configuration file in its place: its host and the roles that it belongs to."""

    host: str
    config: ConfigFile
    roles: tuple[Placed, ...]
    """Roles of one component, on one host; several where they share the file."""

    @property
    def component(self) -> Component:
        """The component that wrote it."""
        return self.roles[0].component

    @property
    def path(self) -> str:
        """Path on the host without the leading slash, as the manifest writes it."""
        return self.config.path.lstrip("/")

    @property
    def member(self) -> str:
        """Path in the bundle."""
        return f"hosts/{self.host}/rootfs/{self.path}"

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return self.config.text.encode()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


Standing = Literal["accepted", "DRAFT"]


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What is put beside the files for people, made by others and handed in."""

    runbook: str | None = None
    """RUNBOOK.md: the steps in order, Markdown."""
    diagram: str | None = None
    """cluster/diagram.svg."""
    forecast: Mapping[str, Any] | None = None
    """cluster/forecast.json: the forecast's document."""
    rules: Mapping[str, Any] | None = None
    """reports/rules.json: every check and what it found."""
    standing: Standing = "DRAFT"
    """Whether a team made these files its baseline."""
    approved_by: tuple[str, ...] = ()
    """Who approved exactly these files, or some of them while it is a draft."""
    broke_glass: str = ""
    """Why an owner accepted these files without what the rules ask; empty where the rules were kept."""
    plan: str = ""
    """The plan on the site that the revision is of; empty for a plan file that no team has seen."""
    revision: int | None = None
    """Its number there."""
    audit_head: str = ""
    """Hash of the event of the team's audit that tells of this standing."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Every file of every host, before or after validation."""

    cluster: Cluster
    files: tuple[HostFile, ...]
    """Sorted by host and path."""
    papers: Papers = field(default_factory=Papers)
    report: ValidationReport | None = None
    """What the programs said; None before anybody asked them."""

    @cached_property
    def content_digest(self) -> str:
        """SHA-256 over the sorted lines `sha256  hosts/<h>/rootfs/<path>`, each ended by a newline.

        A shell gets the same from a bundle that holds no backslash in a path:
        `grep '  hosts/[^/]*/rootfs/' SHA256SUMS | LC_ALL=C sort | sha256sum`.
        """
        lines = sorted(f"{file.sha256}  {file.member}\n".encode() for file in self.files)
        return hashlib.sha256(b"".join(lines)).hexdigest()

    @property
    def name(self) -> str:
        """The plan's name and the first twelve digits of the content digest: the top folder of an archive."""
        return f"{self.cluster.design.name}-{self.content_digest[:12]}"

    @property
    def file_name(self) -> str:
        """What an archive is called, without its ending: one that no team has accepted says so before it is opened."""
        return self.name if self.papers.standing == "accepted" else f"{self.name}-DRAFT"

    @cached_property
    def by_host(self) -> Mapping[str, tuple[HostFile, ...]]:
        """Files by host, for every host of the design in its order."""
        table: dict[str, list[HostFile]] = {host.name: [] for host in self.cluster.design.hosts}
        for file in self.files:
            table[file.host].append(file)
        return {host: tuple(files) for host, files in table.items()}

    def file(self, host: str, path: str) -> HostFile:
        """One file by its path on the host; KeyError when there is none."""
        for file in self.by_host[host]:
            if file.path == path.lstrip("/"):
                return file
        raise KeyError((host, path))

    def with_papers(self, **changes: Any) -> Bundle:
        """The same files with other papers beside them."""
        return replace(self, papers=replace(self.papers, **changes))

    def with_report(self, report: ValidationReport) -> Bundle:
        """The same bundle with what the programs said."""
        return replace(self, report=report)
