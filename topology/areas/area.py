"""The areas of a design: each tier, each role and the rest of the plan, with what belongs to it and its seal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from topology import document
from topology.areas.assumptions import assumptions_of
from topology.areas.seals import Seal, digest_of
from topology.bundles import Bundle, HostFile, host_members
from topology.capacity import ENGINE
from topology.components import Placed
from topology.design import Design

PLAN = "plan"
"""The area of everything that stands outside the tiers."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A part of a design for which somebody answers."""

    name: str
    """tier:NAME, role:NAME or plan."""
    title: str
    """Its name for people."""
    hosts: tuple[str, ...]
    """Servers that belong to it, in the order of the plan."""
    files: Mapping[str, str]
    """Path in the bundle -> SHA-256: of a role, the files it writes; of a tier, everything under hosts/ of its servers,
    but for what only names all servers, such as /etc/hosts."""
    part: Mapping[str, Any]
    """What the document says of it, with the sizes of its servers."""
    assumptions: Mapping[str, Any]
    """What its numbers rest on."""
    seal: Seal


def areas_of(bundle: Bundle) -> Mapping[str, Area]:
    """The areas of a bundle and its design, by name: tiers, roles (also those that come by themselves), the plan."""
    return {area.name: area for area in (*_tiers(bundle), *_roles(bundle), _plan(bundle))}


def changed_areas(before: Mapping[str, Area], after: Mapping[str, Area]) -> tuple[str, ...]:
    """Names of the areas that are new or gone, or whose part of the document or files differ."""
    names = dict.fromkeys((*after, *before))
    return tuple(name for name in names if _content(before.get(name)) != _content(after.get(name)))


def title_of(name: str) -> str:
    """The name of an area for people: `tier web`."""
    return "the plan outside its tiers" if name == PLAN else name.replace(":", " ", 1)


def _content(area: Area | None) -> tuple[str, str] | None:
    return (area.seal.design, area.seal.files) if area else None


def _tiers(bundle: Bundle) -> Iterator[Area]:
    design, given = bundle.cluster.design, _given(bundle)
    for tier in design.tiers:
        hosts = [host for host in design.hosts if host.tier == tier.name]
        types = dict.fromkeys(host.type_name for host in hosts)
        files = {path: sha256 for host in hosts for path, sha256 in given[host.name].items()}
        part = {"tier": document.to_data(tier), "types": _sizes(design, types)}
        yield _area(bundle, f"tier:{tier.name}", (host.name for host in hosts), files, part, types)


def _given(bundle: Bundle) -> Mapping[str, Mapping[str, str]]:
    """Everything that each host gets; first the files of what the plan writes, since they tell a reader most.

    What only names all servers is left out: each server is part of its own tier, and no other tier's matter.
    """
    given: dict[str, dict[str, str]] = {host: {} for host in bundle.by_host}
    for file in sorted(bundle.files, key=_came_by_itself):
        given[file.host][file.member] = file.sha256
    for member in host_members(bundle):
        given[member.path.split("/", 2)[1]][member.path] = member.sha256
    for file in bundle.files:
        if file.component.names_servers:
            del given[file.host][file.member]
    return given


def _came_by_itself(file: HostFile) -> bool:
    return not any(placed.role in placed.host.roles for placed in file.roles)


def _roles(bundle: Bundle) -> Iterator[Area]:
    files: dict[str, dict[str, str]] = {}
    for file in bundle.files:
        for placed in file.roles:
            files.setdefault(placed.role.name, {})[file.member] = file.sha256
    places: dict[str, list[Placed]] = {}
    for placed in bundle.cluster.placed:
        places.setdefault(placed.role.name, []).append(placed)
    for name, found in places.items():
        types = dict.fromkeys(placed.host.type_name for placed in found)
        part = {
            "servers": {placed.host.name: _said(placed) for placed in found},
            "types": _sizes(bundle.cluster.design, types),
        }
        hosts = dict.fromkeys(placed.host.name for placed in found)
        yield _area(bundle, f"role:{name}", hosts, files.get(name, {}), part, types)


def _said(placed: Placed) -> dict[str, Any]:
    settings = {k: list(v) if isinstance(v, tuple) else v for k, v in placed.role.settings.items()}
    return {"type": placed.host.type_name, "settings": settings}


def _plan(bundle: Bundle) -> Area:
    design = bundle.cluster.design
    part = {key: value for key, value in document.to_data(design).items() if key != "tiers"}
    return _area(bundle, PLAN, (), {}, part, design.server_types)


def _area(
    bundle: Bundle,
    name: str,
    hosts: Iterable[str],
    files: Mapping[str, str],
    part: Mapping[str, Any],
    types: Iterable[str],
) -> Area:
    assumptions = assumptions_of(bundle.cluster.design, bundle.cluster.workload, types=types)
    seal = Seal(
        area=name,
        design=digest_of(part),
        files=digest_of(files),
        assumptions=digest_of(assumptions),
        engine=ENGINE,
    )
    return Area(
        name=name,
        title=title_of(name),
        hosts=tuple(hosts),
        files=files,
        part=part,
        assumptions=assumptions,
        seal=seal,
    )


def _sizes(design: Design, types: Iterable[str]) -> dict[str, Any]:
    """What the servers are, without what they cost, which is an assumption."""
    return {name: design.server_type(name).model_dump(mode="json", exclude={"price_month"}) for name in sorted(types)}
