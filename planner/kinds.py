"""Roles in the groups in which a person looks for them: from what stands in front to what keeps the data."""

from __future__ import annotations

from topology.components import Component

KINDS = (
    ("In front", frozenset({"balancer", "vrrp", "dns"})),
    ("Web server", frozenset({"web"})),
    ("Application", frozenset({"app", "jobs"})),
    ("Files", frozenset({"media", "nfs"})),
    ("Cache, queue", frozenset({"cache", "broker"})),
    ("Database", frozenset({"sql", "sql_replica", "pool", "backup", "backup_store"})),
)
"""A group and the services that belong to it; a role is in the first that fits."""
OTHER = "Beside them"


def rank_of(component: Component, role: str) -> int:
    """The place of a role's group: by what it offers, or stands on, or else by what its fellow roles offer."""
    own = {*component.offers.get(role, ()), *component.beside.get(role, ())}
    services = own or {service for offered in component.offers.values() for service in offered}
    return next((place for place, (_, kind) in enumerate(KINDS) if services & kind), len(KINDS))


def kind_at(rank: int) -> str:
    """The name of the group at a place."""
    return KINDS[rank][0] if rank < len(KINDS) else OTHER
