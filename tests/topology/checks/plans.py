"""Plans that the checks are tried on: one with everything in it, and some that stand for what it leaves out."""

from __future__ import annotations

import copy
from typing import Any

from topology.components import catalogue
from topology.design import Design
from topology.document import from_data

SAYS: dict[str, Any] = {
    "sessions": "cached_db",
    "cache": "shared",
    "uploads": "media_root",
    "local_files": False,
    "local_addresses": False,
    "replaceable": True,
    "takes_plan_settings": True,
    "health_answered": True,
    "prepared_statements": False,
    "scheduled": "none",
    "secret_key_shared": True,
}
"""Everything said, and all of it good."""
WEB: dict[str, Any] = {"name": "web", "servers": {"count": 2, "type": "large"}}
DATABASES: dict[str, Any] = {
    "name": "database",
    "servers": [{"name": "db1", "type": "large"}, {"name": "db2", "type": "large", "roles": ["postgresql_replica"]}],
    "roles": ["postgresql"],
}
BALANCERS: dict[str, Any] = {
    "name": "balancer",
    "servers": {"count": 2, "type": "small"},
    "roles": ["haproxy", {"keepalived": {"virtual_address": "10.0.0.10"}}],
}
MEDIA: dict[str, Any] = {
    "name": "media",
    "servers": [{"name": "media1", "type": "small"}],
    "roles": ["nginx_media", "nfs_server"],
}
TIERS: dict[str, list[dict[str, Any]]] = {
    "whole": [
        BALANCERS,
        {**WEB, "roles": ["nginx", "gunicorn", "pgbouncer", "memcached", "nfs_client"]},
        MEDIA,
        DATABASES,
    ],
    "direct": [BALANCERS, {**WEB, "roles": ["nginx", "gunicorn", "memcached", "nfs_client"]}, MEDIA, DATABASES],
    "names": [
        {"name": "dns", "servers": {"count": 1, "type": "small"}, "roles": ["bind9"]},
        {"name": "balancer", "servers": {"count": 2, "type": "small"}, "roles": ["haproxy"]},
        {**WEB, "roles": ["nginx", "gunicorn", "pgbouncer", "memcached", "nfs_client"]},
        MEDIA,
        DATABASES,
    ],
    "redis": [
        {"name": "balancer", "servers": {"count": 1, "type": "small"}, "roles": ["haproxy"]},
        {**WEB, "roles": ["nginx", "gunicorn", "nfs_client"]},
        MEDIA,
        {"name": "database", "servers": {"count": 1, "type": "large"}, "roles": ["postgresql"]},
        {
            "name": "cache",
            "servers": [
                {"name": "cache1", "type": "small"},
                {"name": "cache2", "type": "small", "roles": ["redis_replica"]},
            ],
            "roles": ["redis"],
        },
    ],
    "single": [{**WEB, "servers": {"count": 1, "type": "large"}, "roles": ["nginx", "gunicorn", "postgresql"]}],
}
"""Tiers by name of the plan: a pool before the database; none; round-robin DNS; Redis with a replica; one server."""


def data_of(name: str) -> dict[str, Any]:
    """Plain data of a plan, to be changed by whoever asks."""
    return copy.deepcopy(
        {
            "tierwright": 1,
            "name": "newspaper",
            "sites": [
                {"name": "newspaper", "domains": ["www.example.com"], "says": dict(SAYS)},
                {"name": "sports", "domains": ["sports.example.com"], "says": dict(SAYS)},
            ],
            "network": {"vrrp": True},
            "tiers": TIERS[name],
        }
    )


def design_of(data: dict[str, Any]) -> Design:
    """The design of plain data."""
    return from_data(data, catalogue=catalogue())
