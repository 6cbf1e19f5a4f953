"""The catalogue of components: one folder a program, found by the registry."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache

from topology.components.base import (
    DYNAMIC,
    EVERY_HOST,
    FILES,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Placed,
    Policy,
    Preparation,
    Ran,
    Reason,
    Settings,
    Sizing,
    Stage,
    Translation,
    Trouble,
    Validator,
    Verdict,
)
from topology.components.cluster import LOOPBACK, PUBLIC, Cluster, Edge, Limits, Offer
from topology.components.reading import (
    NOTHING,
    Admission,
    DjangoFacts,
    Listening,
    Mount,
    Opening,
    Reading,
    Target,
    Texts,
    Vrrp,
    read_unit,
)
from topology.components.reference import SettingText, entry_of, settings_of, text_of
from topology.components.soundness import SYSTEMS
from topology.design import Design
from topology.registry import discover
from topology.workload import Workload

__all__ = [
    "DYNAMIC",
    "EVERY_HOST",
    "FILES",
    "LOOPBACK",
    "NOTHING",
    "PUBLIC",
    "SYSTEMS",
    "Admission",
    "Catalogue",
    "Cluster",
    "Component",
    "ConfigFile",
    "Demand",
    "DjangoFacts",
    "Edge",
    "Endpoint",
    "Limits",
    "Listening",
    "Log",
    "Measured",
    "Memory",
    "Mount",
    "Offer",
    "Opening",
    "Placed",
    "Policy",
    "Preparation",
    "Ran",
    "Reading",
    "Reason",
    "SettingText",
    "Settings",
    "Sizing",
    "Stage",
    "Target",
    "Texts",
    "Translation",
    "Trouble",
    "Validator",
    "Verdict",
    "Vrrp",
    "catalogue",
    "describe",
    "get",
    "read_unit",
    "resolve",
    "settings_of",
    "text_of",
]  # fmt: skip


class Catalogue:
    """Every component, by name and by role."""

    def __init__(self, components: tuple[Component, ...]) -> None:
        self.components = components
        self.by_name: Mapping[str, Component] = {component.name: component for component in components}
        self.by_role: Mapping[str, Component] = {role: c for c in components for role in c.roles}

    def role_settings(self) -> Mapping[str, type[Settings]]:
        """The settings model of every role."""
        return {role: component.settings for role, component in self.by_role.items()}

    def external_kinds(self) -> Mapping[str, str]:
        """Every kind of what others run, with a sentence."""
        return {kind: says for component in self.components for kind, says in component.externals.items()}


DEFAULT_LIMITS = Limits()
describe = entry_of


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of the components installed."""
    return Catalogue(discover(sys.modules[__name__], Component))


def get(name: str) -> Component:
    """The component of that name; KeyError when there is none."""
    return catalogue().by_name[name]


def resolve(
    design: Design,
    workload: Workload | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
    equals: Mapping[str, int] | None = None,
) -> Cluster:
    """The cluster of a design: roles placed, edges known. `workload` overrides the plan's own.

    `equals` says how many equal servers a host stands for, where that is more than one.
    """
    own = design.workload if isinstance(design.workload, Workload) else None
    return Cluster(
        design=design,
        workload=workload or own,
        components=catalogue().by_role,
        limits=limits,
        equals=equals or {},
    )
