"""The editor's form: a draft as rows of tiers, servers and roles, each with its fields and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.editing import Draft, common_type, servers_of
from planner.figures import written
from planner.kinds import kind_at, rank_of
from topology.components import Component, Placed, Sizing, catalogue, resolve
from topology.design import Design, TierwrightError
from topology.diagrams import hue_of
from topology.hardware import BUILT_IN, KNOWN, OFFERS

_UNITS = {"mib": "MiB", "gib": "GiB", "seconds": "seconds", "ms": "ms"}
FEW = 24
"""Tiers of more servers than this show their number, not each server."""


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """One setting of a role in the form."""

    name: str
    label: str
    help: str
    written: Any
    derived: Any
    why: str


@dataclass(frozen=True, kw_only=True)
class RoleField:
    """A role of a tier or a server: whether it is ticked, and its settings."""

    name: str
    title: str
    says: str
    ticked: bool
    rank: int
    """The place of its group."""
    settings: tuple[SettingField, ...] = ()

    @property
    def kind(self) -> str:
        """The name of its group."""
        return kind_at(self.rank)


@dataclass(frozen=True, kw_only=True)
class ServerRow:
    """A server of a tier in the form."""

    name: str
    type: str
    address: str
    prefix: str
    roles: tuple[RoleField, ...] | None
    """Its own roles; None where it has its tier's."""


@dataclass(frozen=True, kw_only=True)
class TierRow:
    """A tier in the form."""

    number: int
    prefix: str
    name: str
    hue: int
    count: Any
    type: str | None
    roles: tuple[RoleField, ...]
    servers: tuple[ServerRow, ...]
    editable_servers: bool


def types_of(draft: Draft) -> list[tuple[str, str]]:
    """The plan's own types, the built-in ones, those of today, and whatever else the plan uses."""
    own = draft.get("server_types") or {}
    today = (item.name for item in OFFERS if item.year is None)
    names = dict.fromkeys([*own, *BUILT_IN, *today, *_used_types(draft)])
    return [(name, _type_text(name, own.get(name))) for name in names if name in own or name in KNOWN]


def _used_types(draft: Draft) -> Iterator[str]:
    for tier in draft.get("tiers") or ():
        servers = tier.get("servers") or {}
        for server in [servers] if isinstance(servers, dict) else servers:
            yield str(server.get("type", ""))


def _type_text(name: str, own: Mapping[str, Any] | None) -> str:
    cores, ram = (own["cores"], own["ram_mib"]) if own else (KNOWN[name].cores, KNOWN[name].ram_mib)
    return f"{name}: {cores} core{'s' if cores != 1 else ''}, {ram / 1024:g} GiB"


def site_of(draft: Draft) -> dict[str, Any]:
    promise = draft.get("promise") or {}
    workload = draft.get("workload")
    growth = workload.get("growth_per_year") if isinstance(workload, dict) else None
    if isinstance(growth, dict):  # with its range: the field shows the figure, and what is typed takes its place
        growth = growth.get("mid")
    return {
        "domains": ", ".join(draft["sites"][0].get("domains", [])) if len(draft["sites"]) == 1 else None,
        "p95_ms": promise.get("p95_ms", ""),
        "headroom": _percent(promise.get("headroom")),
        "availability": _percent(promise.get("availability")),
        "growth": _percent(growth),
        "has_workload": isinstance(workload, dict) and "file" not in workload,
    }


def _percent(share: Any) -> Any:
    return round(share * 100, 6) if isinstance(share, int | float) else "" if share is None else share


def tiers_of(draft: Draft, design: Design | None) -> Iterator[TierRow]:
    cluster = resolve(design) if design else None
    addresses = {host.name: host.address for host in design.hosts} if design else {}
    for number, tier in enumerate(draft["tiers"]):
        servers = servers_of(tier)
        first = cluster.by_host.get(servers[0]["name"], ()) if cluster else ()
        yield TierRow(
            number=number,
            prefix=f"tier.{number}",
            name=tier["name"],
            hue=_hue(tier),
            count=len(servers) if isinstance(tier["servers"], list) else tier["servers"]["count"],
            type=common_type(tier),
            roles=roles_of(tier.get("roles", []), f"tier.{number}.set", first),
            servers=tuple(_server_rows(servers, number, addresses, cluster)) if len(servers) <= FEW else (),
            editable_servers=isinstance(tier["servers"], list),
        )


def _server_rows(servers: list[Draft], number: int, addresses: Mapping[str, str], cluster: Any) -> Iterator[ServerRow]:
    for index, server in enumerate(servers):
        prefix = f"server.{number}.{index}"
        own = server.get("roles")
        placed = cluster.by_host.get(server["name"], ()) if cluster else ()
        yield ServerRow(
            name=server["name"],
            type=server["type"],
            address=server.get("address") or addresses.get(server["name"], ""),
            prefix=prefix,
            roles=None if own is None else roles_of(own, f"{prefix}.set", placed),
        )


def _hue(tier: Draft) -> int:
    roles = [role for server in servers_of(tier) for role in (server.get("roles") or tier.get("roles", []))]
    names = {role if isinstance(role, str) else next(iter(role)) for role in roles}
    by_role = catalogue().by_role
    return hue_of(s for name in names if name in by_role for s in by_role[name].offers.get(name, ())).number


def roles_of(written: list[Any], prefix: str | None, placed: tuple[Placed, ...] | None) -> tuple[RoleField, ...]:
    """Every role that may be ticked; those that are ticked have their settings."""
    settings = {(r if isinstance(r, str) else next(iter(r))): ({} if isinstance(r, str) else r) for r in written}
    return tuple(
        RoleField(
            name=name,
            title=component.title,
            says=says,
            ticked=name in settings,
            rank=rank_of(component, name),
            settings=_settings(component, name, settings[name], prefix, placed or ()) if name in settings else (),
        )
        for component in catalogue().components
        if not component.implied_by
        for name, says in component.roles.items()
    )


def _settings(
    component: Component, role: str, written: Mapping[str, Any], prefix: str | None, placed: tuple[Placed, ...]
) -> tuple[SettingField, ...]:
    own = written.get(role) or {}
    here = next((item for item in placed if item.role.name == role), None)
    sized = _sized(here) if here else None
    reasons = {reason.setting: reason for reason in sized.reasons} if sized else {}
    return tuple(
        SettingField(
            name=f"{prefix}.{role}.{name}",
            label=_label(name),
            help=info.description or "",
            written=_text(own.get(name)),
            derived=_text(sized.values.get(name)) if sized else "",
            why=reasons[name].formula if name in reasons else "",
        )
        for name, info in component.settings.model_fields.items()
    )


def _sized(placed: Placed) -> Sizing | None:
    """What a role works out for itself; None where the plan does not hold together, which is said above the form."""
    try:
        return placed.component.size(placed)
    except TierwrightError:
        return None


def _label(setting: str) -> str:
    """The name of a setting with its unit as people write it."""
    stem, _, unit = setting.rpartition("_")
    return f"{stem}, {_UNITS[unit]}".replace("_", " ") if unit in _UNITS else setting.replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else written(value)
