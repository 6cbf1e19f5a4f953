"""From a choice for every tier back to a real Design, with the names and addresses of the skeleton."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from topology.capacity.search.objective import Objective
from topology.design import Design, Host, Role, Server, ServerCount, Tier
from topology.hardware import BUILT_IN, BUILT_IN_CURRENCY, ServerType
from topology.workload import Workload


@dataclass(frozen=True, kw_only=True)
class Group:
    """Servers of a tier with the same roles, as the skeleton has them."""

    hosts: tuple[Host, ...]
    grows: bool

    @property
    def least(self) -> int:
        """The fewest that there may be: what a layout has several of stays replicated."""
        return min(2, len(self.hosts)) if self.grows else 0

    @property
    def roles(self) -> tuple[Role, ...]:
        """What each of them runs."""
        return self.hosts[0].roles


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A skeleton taken apart: the groups of each of its tiers."""

    design: Design
    groups: Mapping[str, tuple[Group, ...]]
    """By tier, in the order of the plan."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is chosen for one tier."""

    type_name: str
    count: int
    """Servers of the group that grows."""
    settings: Sequence[tuple[str, str, int]] = field(default=())
    """Role, setting, value."""


def groups_of(design: Design) -> dict[str, list[tuple[Host, ...]]]:
    """The servers of each tier, those with the same roles together."""
    found: dict[str, dict[str, list[Host]]] = {tier.name: {} for tier in design.tiers}
    for host in design.hosts:
        key = json.dumps([role.model_dump(mode="json") for role in host.roles], sort_keys=True)
        found[host.tier].setdefault(key, []).append(host)
    return {name: [tuple(hosts) for hosts in groups.values()] for name, groups in found.items()}


def built(frame: Frame, choices: Mapping[str, Choice], types: Mapping[str, ServerType], currency: str) -> Design:
    """The skeleton with these choices; servers that stay keep name and address, those that are added get the next."""
    design = frame.design
    taken = {host.name for host in design.hosts}
    tiers = tuple(_tier(tier, frame, choices[tier.name], taken) for tier in design.tiers)
    used = {choice.type_name for choice in choices.values()}
    written = {name: types[name] for name in sorted(used) if not _is_built_in(name, types[name], currency)}
    update: dict[str, object] = {"tiers": tiers}
    if written or design.server_types:
        update["server_types"] = {**design.server_types, **written}
    if currency != design.currency:
        update["currency"] = currency
    return design.model_copy(update=update)


def promised(design: Design, workload: Workload, objective: Objective) -> Design:
    """The design as a plan of its own, with what is promised and for which workload."""
    return design.model_copy(update={"workload": workload, "promise": objective.promise})


def role_names(roles: Iterable[Role]) -> tuple[str, ...]:
    """The names of roles, by which a group is known whatever is written for them."""
    return tuple(role.name for role in roles)


def last_of(design: Design, frame: Frame, tier: str) -> str | None:
    """The last server of a tier's growing group; None where none grows or there is only one."""
    grown = next((role_names(group.roles) for group in frame.groups[tier] if group.grows), None)
    names = [host.name for host in design.hosts if host.tier == tier and role_names(host.roles) == grown]
    return names[-1] if len(names) > 1 else None


def _tier(tier: Tier, frame: Frame, choice: Choice, taken: set[str]) -> Tier:
    groups = frame.groups[tier.name]
    roles = tuple(_written(role, choice) for role in tier.roles)
    if isinstance(tier.servers, ServerCount):
        count = choice.count if groups[0].grows else tier.servers.count
        return tier.model_copy(
            update={"servers": ServerCount(count=count, type=choice.type_name), "roles": roles}
        )  # fmt: skip
    written = {server.name: server for server in tier.servers}
    wanted = [name for group in groups for name in _names(group, choice.count, taken)]
    likes = {name: group for group in groups for name in _members(group, wanted, groups)}
    servers = tuple(_server(name, written, likes[name], choice, tier) for name in wanted)
    return tier.model_copy(update={"servers": servers, "roles": roles})


def _members(group: Group, wanted: Sequence[str], groups: Sequence[Group]) -> Iterator[str]:
    """The names that are this group's: its own, and, where it grows, all that are nobody's."""
    own = {host.name for host in group.hosts}
    others = {host.name for other in groups if other is not group for host in other.hosts}
    yield from (name for name in wanted if name in own or (group.grows and name not in others))


def _names(group: Group, count: int, taken: set[str]) -> Iterator[str]:
    standing = [host.name for host in group.hosts]
    yield from standing[: count if group.grows else None]
    number = len(standing)
    stem = _stem(standing[0])
    for _ in range(count - len(standing) if group.grows else 0):
        number = next(n for n in range(number + 1, number + 2 + len(taken)) if f"{stem}{n}" not in taken)
        yield f"{stem}{number}"


def _stem(name: str) -> str:
    match = re.fullmatch(r"(.*?)\d+", name)
    return match[1] if match and match[1] else f"{name}-"


def _server(name: str, written: Mapping[str, Server], group: Group, choice: Choice, tier: Tier) -> Server:
    like = written[group.hosts[0].name]
    given: dict[str, Any] = {"name": name, "type": choice.type_name}
    if name in written and written[name].address is not None:
        given["address"] = written[name].address
    if like.roles is not None:
        given["roles"] = tuple(_written(role, choice) for role in like.roles)
    if like.settings is not None:
        given["settings"] = like.settings
    return Server(**given)


def _written(role: Role, choice: Choice) -> Role:
    chosen = {setting: value for name, setting, value in choice.settings if name == role.name}
    return role.model_copy(update={"settings": {**role.settings, **chosen}}) if chosen else role


def _is_built_in(name: str, kind: ServerType, currency: str) -> bool:
    return currency == BUILT_IN_CURRENCY and BUILT_IN.get(name) == kind
