"""Everything that a bundle holds, as sorted members: path, bytes and mode."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from topology import document
from topology.bundles.bundle import Bundle
from topology.bundles.manifest import manifest, units
from topology.bundles.readme import preparations, readme
from topology.bundles.validation import unvalidated
from topology.components import Cluster
from topology.workload import Workload

SUMS = "SHA256SUMS"
EDGE_COLUMNS = (
    *("client", "client_role", "server", "server_role"),
    *("service", "protocol", "port", "socket", "connections", "why"),
)
_NOT_ASKED = "no program was asked"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of the bundle itself."""

    path: str
    content: bytes
    mode: int = 0o644

    @property
    def sha256(self) -> str:
        """SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def members(bundle: Bundle) -> tuple[Member, ...]:
    """All members, sorted by path, with SHA256SUMS over the others."""
    bundle = bundle if bundle.report else bundle.with_report(unvalidated(bundle, _NOT_ASKED))
    made = sorted((*_top(bundle), *_cluster(bundle), *host_members(bundle)), key=lambda member: member.path)
    sums = Member(path=SUMS, content="".join(sum_line(member) for member in made).encode())
    return tuple(sorted((sums, *made), key=lambda member: member.path))


def sum_line(member: Member) -> str:
    """The line that sha256sum(1) writes and checks: a backslash in the name is doubled, and one leads the line."""
    digest = member.sha256
    if "\\" not in member.path:
        return f"{digest}  {member.path}\n"
    return f"\\{digest}  {member.path.replace(chr(92), chr(92) * 2)}\n"


def _top(bundle: Bundle) -> Iterator[Member]:
    assert bundle.report is not None
    yield Member(path="manifest.json", content=_json(manifest(bundle)))
    yield Member(path="README.md", content=readme(bundle).encode())
    yield Member(path="reports/validation.json", content=_json(bundle.report.document()))
    if bundle.papers.rules is not None:
        yield Member(path="reports/rules.json", content=_json(bundle.papers.rules))
    if bundle.papers.runbook is not None:
        yield Member(path="RUNBOOK.md", content=bundle.papers.runbook.encode())


def _cluster(bundle: Bundle) -> Iterator[Member]:
    cluster, papers = bundle.cluster, bundle.papers
    yield Member(path="cluster/plan.yaml", content=document.to_yaml(cluster.design).encode())
    yield Member(path="cluster/plan.json", content=document.canonical(cluster.design))
    yield Member(path="cluster/hosts", content=_names(cluster).encode())
    yield Member(path="cluster/edges.csv", content=edges_csv(cluster).encode())
    if isinstance(cluster.workload, Workload) and cluster.workload != cluster.design.workload:
        yield Member(path="cluster/workload.yaml", content=document.to_yaml(cluster.workload).encode())
    if papers.forecast is not None:
        yield Member(path="cluster/forecast.json", content=_json(papers.forecast))
    if papers.diagram is not None:
        yield Member(path="cluster/diagram.svg", content=papers.diagram.encode())


def host_members(bundle: Bundle) -> Iterator[Member]:
    """What stands below `hosts/`: the files of every host, its packages, units and preparations."""
    for host, files in bundle.by_host.items():
        for file in files:
            yield Member(path=file.member, content=file.content, mode=file.config.mode)
        yield Member(path=f"hosts/{host}/packages.txt", content=_packages(bundle, host).encode())
        yield Member(path=f"hosts/{host}/units.json", content=_json(units(files)))
        prepare = preparations(bundle, host)
        if prepare:
            yield Member(path=f"hosts/{host}/PREPARE.md", content=prepare.encode())


def packages(bundle: Bundle, host: str) -> list[str]:
    """Debian packages of a host, sorted."""
    wanted = (placed.component.package.split() for placed in bundle.cluster.by_host[host])
    return sorted({package for names in wanted for package in names})


def _packages(bundle: Bundle, host: str) -> str:
    return "".join(f"{package}\n" for package in packages(bundle, host))


def _names(cluster: Cluster) -> str:
    """Addresses and names of all servers, in the form of /etc/hosts."""
    return "".join(f"{host.address}\t{host.name}\n" for host in cluster.design.hosts)


def edges_csv(cluster: Cluster) -> str:
    """Every allowed connection: who opens it, to whom, on which port, and why."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(EDGE_COLUMNS)
    for edge in cluster.edges:
        end = edge.endpoint
        writer.writerow(
            (
                *(edge.client, edge.client_role, edge.server, edge.server_role),
                *(end.service, end.protocol, end.port or "", end.socket or "", edge.connections or "", edge.why),
            )
        )
    return text.getvalue()


def _json(data: Any) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False, sort_keys=False) + "\n").encode()
